import Testing

@testable import Pickle

@Suite struct GoldenTests {
    @Test func everyGoldenPickleHasPythonsRepr() throws {
        #expect(GoldenFile.all.pickles.count > 500)
        for golden in GoldenFile.all.pickles {
            let value = try #require(read(golden))
            // Up to protocol 2 every OSError is of that class, and becomes the right one in Python.
            if golden.name.contains("FileNotFound"), golden.protocolNumber < 3 { continue }
            if let repr = golden.repr, !repr.contains(" object at 0x") {
                #expect(value.repr() == repr, "\(golden.label)")
            }
        }
    }

    @Test func everyGoldenPickleIsWrittenAndReadBackEqual() throws {
        for golden in GoldenFile.all.pickles {
            let value = try #require(read(golden))
            for pickleProtocol in PickleProtocol.allCases {
                let again = try PickleValue(pickle: value.pickled(protocol: pickleProtocol))
                #expect(isSame(again, value), "\(golden.label) as \(pickleProtocol)")
            }
            let body = try PickleValue(body: value.body())
            #expect(isSame(body, value), "\(golden.label) as a body")
            #expect(
                PickleValue.list([value, value]).repr() == "[\(value.repr()), \(value.repr())]")
        }
    }

    @Test func theSamePythonValueIsEqualWhateverTheProtocol() throws {
        let plain = GoldenFile.all.pickles.filter { $0.repr != nil && $0.version == "3.13" }
        for (_, group) in Dictionary(grouping: plain, by: \.name) {
            let values = try group.map { try PickleValue(pickle: $0.bytes) }
            for value in values.dropFirst() where !value.repr().contains("nan") {
                if value.exception == nil, value.token == nil {
                    #expect(isSame(value, values[0]), "\(group[0].name)")
                }
            }
        }
    }

    @Test func everyBodyPutsOnlyWhatIsAskedForAndNeverMemoizes() throws {
        for golden in GoldenFile.all.pickles {
            let body = try #require(read(golden)).body()
            var unpickler = try Unpickler(body, limits: .default)
            _ = try unpickler.loadBody(protocol: 4)
            let codes = opcodes(of: body)
            #expect(!codes.contains(.memoize) && !codes.contains(.proto) && !codes.contains(.stop))
            let puts = codes.count { $0 == .binPut || $0 == .longBinPut }
            let gets = codes.count { $0 == .binGet || $0 == .longBinGet }
            #expect(puts <= gets, "\(golden.label)")
        }
    }

    @Test func keysAgreeExactlyWherePythonsDo() throws {
        let groups = try GoldenFile.all.keys.map { try $0.map { try PickleValue(pickle: $0) } }
        #expect(groups.count > 30)
        for (index, group) in groups.enumerated() {
            for (otherIndex, other) in groups.enumerated() {
                for left in group {
                    for right in other {
                        let same = index == otherIndex
                        #expect(try (left.key() == right.key()) == same, "\(left) and \(right)")
                        #expect((left == right) == same, "\(left) == \(right)")
                        if same {
                            #expect(left.hashValue == right.hashValue, "\(left) and \(right)")
                        }
                    }
                }
            }
        }
    }

    @Test func orderIsPythons() throws {
        let values = try GoldenFile.all.ordered.map {
            (try PickleValue(pickle: $0.value), $0.answers)
        }
        #expect(values.count > 30)
        for (left, answers) in values {
            for ((right, _), answer) in zip(values, answers) {
                #expect(outcome(left, right) == answer, "\(left) < \(right)")
            }
        }
    }

    private func outcome(_ left: PickleValue, _ right: PickleValue) -> String {
        do {
            return try left.isLess(than: right) ? "True" : "False"
        } catch {
            return error.reason
        }
    }

    private func read(_ golden: GoldenFile.Pickled) -> PickleValue? {
        do {
            return try PickleValue(pickle: golden.bytes)
        } catch {
            Issue.record("\(golden.label): \(error)")
            return nil
        }
    }

    /// Equal, or at least nan as text.
    private func isSame(_ left: PickleValue, _ right: PickleValue) -> Bool {
        left == right || (left.repr().contains("nan") && left.repr() == right.repr())
    }

    private func opcodes(of body: [UInt8]) -> [Opcode] {
        var unpickler = try? Unpickler(body, limits: .default)
        var codes: [Opcode] = []
        while let offset = unpickler?.offset, offset < body.count {
            guard let opcode = try? unpickler?.nextOpcode() else { break }
            codes.append(opcode)
            guard (try? unpickler?.execute(opcode)) != nil else { break }
        }
        return codes
    }
}

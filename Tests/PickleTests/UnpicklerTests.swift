import Testing

@testable import Pickle

@Suite struct UnpicklerTests {
    @Test func aPickleCutShortAnywhereIsAnError() throws {
        for golden in GoldenFile.all.pickles where golden.bytes.count < 400 {
            for length in 0..<golden.bytes.count {
                #expect(throws: PickleError.self, "\(golden.label), \(length) bytes") {
                    try PickleValue(pickle: Array(golden.bytes[..<length]))
                }
            }
        }
    }

    @Test func randomChangesToAPickleNeverTrap() {
        var random = SplitMix(seed: 20_240_229)
        let small = GoldenFile.all.pickles.filter { $0.bytes.count < 600 }
        for _ in 0..<20_000 {
            guard var bytes = small.randomElement(using: &random)?.bytes else { return }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                mutate(&bytes, &random)
            }
            exercise(bytes)
        }
    }

    @Test func randomBytesNeverTrap() {
        var random = SplitMix(seed: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<40, using: &random)
            exercise((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        guard let index = bytes.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: index)
        default:
            let end = Int.random(in: index...bytes.count, using: &random)
            bytes.insert(contentsOf: bytes[index..<end], at: index)
        }
    }

    /// Does everything to a value that a peer's pickle may have done to it.
    private func exercise(_ bytes: [UInt8]) {
        guard let value = try? PickleValue(pickle: bytes) else { return }
        for pickleProtocol in PickleProtocol.allCases {
            let again = try? PickleValue(pickle: value.pickled(protocol: pickleProtocol))
            #expect(again != nil, "what we write cannot be read: \(hexadecimal(bytes))")
        }
        #expect((try? PickleValue(body: value.body())) != nil, "\(hexadecimal(bytes))")
        _ = value == .list([value, value])
        _ = value.repr(limit: 1000)
        _ = value.str(limit: 1000)
        _ = try? value.key()
        _ = try? value.isLess(than: value)
        _ = value.hashValue
        _ = value.proxiedIdents
        _ = try? PickleDecoder().decode([String: [Int?]].self, from: value)
    }

    // MARK: What is refused

    @Test(arguments: [
        ("Ppid\n.", PickleError.Code.unsupported), ("NQ.", .unsupported),
        ("\u{97}.", .unsupported), ("N\u{98}.", .unsupported), ("", .truncated), ("N", .truncated),
        (".", .malformed), ("N\u{81}.", .malformed), ("h\u{0}.", .malformed), ("t.", .malformed),
        ("NNa.", .malformed), ("NNb.", .malformed), ("(.", .malformed), ("z.", .malformed),
        ("]N(0", .truncated), ("I1x\n.", .malformed), ("Fx\n.", .malformed), ("Lx\n.", .malformed),
        ("X\u{4}\u{0}\u{0}\u{0}abc", .truncated), ("\u{80}\u{6}N.", .unsupported),
        ("S'a\n.", .malformed), ("(NNNd.", .malformed), ("\u{82}\u{0}.", .malformed),
        ("(o.", .malformed), ("0.", .malformed), ("1.", .malformed),
    ])
    func aBadPickleIsRefusedWithItsReason(text: String, code: PickleError.Code) {
        let error = #expect(throws: PickleError.self) {
            try PickleValue(pickle: text.unicodeScalars.map { UInt8($0.value) })
        }
        #expect(error?.code == code, "\(text): \(String(describing: error))")
    }

    @Test func persistentIdsAreRefusedBeforeTheyAreLookedAt() {
        #expect(throws: PickleError.self) { try PickleValue(pickle: Array("Pid\n.".utf8)) }
    }

    @Test func bytesAfterStopAreNotLookedAt() throws {
        #expect(try PickleValue(pickle: Array("N.garbage".utf8)) == .none)
    }

    @Test func aBodyMustLeaveExactlyOneValue() {
        #expect(throws: PickleError.self) { try PickleValue(body: Array("NN".utf8)) }
        #expect(throws: PickleError.self) { try PickleValue(body: []) }
        #expect(throws: PickleError.self) { try PickleValue(body: Array("N(".utf8)) }
    }

    @Test func extensionCodesAreKeptAsTheyAre() throws {
        for bytes: [UInt8] in [[0x82, 1], [0x83, 0, 1], [0x84, 0, 0, 1, 0]] {
            let value = try PickleValue(pickle: bytes + ")R.".utf8)
            #expect(try PickleValue(pickle: value.pickled()) == value)
            guard case .object(let object) = value.kind, case .extensionCode = object.callable.kind
            else {
                Issue.record("\(value)")
                continue
            }
        }
    }
}

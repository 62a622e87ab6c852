import Testing

@testable import Pickle

@Suite struct SliceNormalizerTests {
    /// The bodies of the positional arguments; nil where the request needs a rebuild.
    private func bodies(_ request: [UInt8]) throws -> [[UInt8]]? {
        var scanner = RequestScanner()
        return try request.withUnsafeBytes { bytes -> [[UInt8]]? in
            guard case .scanned = try scanner.scan(bytes) else { return nil }
            return try scanner.positional.map { try PickledValue($0, of: bytes).body }
        }
    }

    @Test func aScalarIsCopied() throws {
        let scalars: [[UInt8]] = [[0x4E], [0x88], [0x4B, 7], [0x8C, 1, 0x61], [0x43, 1, 0xFF]]
        #expect(try bodies(RequestSamples.request(scalars)) == scalars)
    }

    @Test func memoizesAndFramesAreDropped() throws {
        let list: [UInt8] = [0x5D, 0x94, 0x28, 0x4B, 1, 0x8C, 1, 0x61, 0x94, 0x65]
        #expect(
            try bodies(RequestSamples.request([list]))
                == [[0x5D, 0x28, 0x4B, 1, 0x8C, 1, 0x61, 0x65]])
        let text = String(repeating: "x", count: 70_000)
        let large = try #require(try bodies(RequestSamples.large(text)))
        #expect(large[0].count == 70_005)
    }

    @Test func whatIsReferredToIsPutAndCountedFrom0() throws {
        // [s, s] with s = ['shared']: ] ( ] BINPUT 0 'shared' APPEND BINGET 0 APPENDS
        let text = Array("shared".utf8)
        #expect(
            try bodies(RequestSamples.sharedWithin)
                == [[0x5D, 0x28, 0x5D, 0x71, 0, 0x8C, 6] + text + [0x61, 0x68, 0, 0x65]])
        for request in RequestSamples.recursive {
            #expect(
                try bodies(request) == [[0x5D, 0x71, 0, 0x28, 0x4B, 1, 0x68, 0, 0x65], [0x4B, 5]])
        }
    }

    @Test func moreThan256ReferencesTakeLongNumbers() throws {
        let lists = (0..<300).map { PickleValue.list([.int($0)]) }
        let value = PickleValue.list(lists + lists)
        let call = PickleValue.tuple(["i", "m", .tuple([value]), [:]])
        for number in PickleProtocol.allCases {
            let body = try #require(try bodies(call.pickled(protocol: number))).first ?? []
            #expect(body.contains(Opcode.longBinPut.rawValue))
            #expect(try PickleValue(body: body) == value)
        }
    }

    @Test func aReferenceToNothingIsAnError() throws {
        let body: [UInt8] = [0x5D, 0x68, 5, 0x61]
        let slice = PickleSlice(start: 0, end: 4, kind: .list, memoBase: 0)
        #expect(throws: PickleError.self) {
            try body.withUnsafeBytes { try PickledValue(slice, of: $0) }
        }
    }

    /// Every golden pickle as an argument: its body stands alone and means the same.
    @Test(arguments: [2, 3, 4, 5])
    func everyGoldenPickleStandsAlone(number: Int) throws {
        var scanned = 0
        let golden = GoldenFile.all.pickles.filter { $0.protocolNumber == number }
        for pickle in golden {
            let instructions = Array(pickle.bytes.dropFirst(2).dropLast())
            let request = RequestSamples.request([instructions], protocol: UInt8(number))
            guard let body = try bodies(request)?.first else { continue }
            scanned += 1
            let expected = try PickleValue(pickle: pickle.bytes)
            let decoded = try PickleValue(body: body)
            #expect(decoded.body() == expected.body(), "\(pickle.label)")
            if let repr = pickle.repr { #expect(decoded.repr() == repr, "\(pickle.label)") }
        }
        // Protocol 2 has other names for classes, which a body must not keep.
        let expected = golden.count * (number == 2 ? 3 : 9) / 10
        #expect(scanned > expected, "\(scanned) of \(golden.count)")
    }

    /// Bodies side by side, with the same memo numbers in each, are read to their ends one by one.
    @Test func goldenBodiesStandSideBySide() throws {
        var writer = BodyWriter()
        writer.append(.mark)
        var values: [PickleValue] = []
        for pickle in GoldenFile.all.pickles where pickle.protocolNumber == 4 {
            let instructions = Array(pickle.bytes.dropFirst(2).dropLast())
            guard let body = try bodies(RequestSamples.request([instructions]))?.first else {
                continue
            }
            values.append(try PickleValue(body: body))
            writer.append(contentsOf: body)
        }
        writer.append(.tuple)
        guard case .tuple(let decoded) = try PickleValue(body: writer.bytes).kind else {
            Issue.record("no tuple")
            return
        }
        #expect(decoded.map { $0.body() } == values.map { $0.body() })
    }
}

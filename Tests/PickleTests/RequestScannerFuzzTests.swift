import Testing

@testable import Pickle

/// Requests that were damaged on their way. A test that crashes has failed.
@Suite struct RequestScannerFuzzTests {
    private static let requests: [[UInt8]] =
        RequestSamples.all + [
            RequestSamples.request([
                [0x4B, 1], [0x8C, 1, 0x61], [0x5D, 0x94, 0x28, 0x4E, 0x4E, 0x65],
            ]),
            RequestSamples.request([[0x4D, 1, 1], [0x8C, 2, 0xC3, 0xA9], [0x47] + Array(0..<8)]),
            PickleValue.tuple([
                "9234560000400000", "update",
                .tuple([["k": .set([1, 2]), "f": .frozenset([.tuple([1])])], .byteArray([1, 2])]),
                ["name": .newObject(.global(module: "shop", name: "Cart"), state: ["a": 1.5])],
            ]).pickled(),
        ]

    /// What the scanner finds, a decoder finds too.
    private func check(_ bytes: [UInt8]) -> Bool {
        guard let scanned = try? ScannedRequest(bytes) else { return true }
        guard let decoded = try? ScannedRequest(decoding: bytes) else { return false }
        return scanned.ident.repr() == decoded.ident.repr()
            && scanned.method.repr() == decoded.method.repr()
            && scanned.positional.map { $0.repr() } == decoded.positional.map { $0.repr() }
    }

    @Test(arguments: requests)
    func aTruncatedRequestIsNotScanned(request: [UInt8]) {
        for count in 0..<request.count {
            #expect((try? ScannedRequest(Array(request.prefix(count)))) ?? nil == nil)
        }
    }

    @Test(arguments: requests.indices)
    func aDamagedRequestIsReadAsTheDecoderReadsItOrNotAtAll(index: Int) {
        var random = SplitMix(seed: UInt64(index))
        let request = Self.requests[index]
        for _ in 0..<3000 {
            var damaged = request
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: damaged.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: damaged[place] = UInt8.random(in: 0...255, using: &random)
                case 1: damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: damaged.remove(at: place)
                default:
                    damaged.insert(
                        damaged[Int.random(in: damaged.indices, using: &random)], at: place)
                }
            }
            guard !check(damaged) else { continue }
            Issue.record("\(hexadecimal(damaged))")
            return
        }
    }

    @Test(arguments: 0..<8)
    func anyInstructionsAreReadAsTheDecoderReadsThemOrNotAtAll(seed: UInt64) {
        let pieces: [[UInt8]] = [
            [0x28], [0x4E], [0x4B, 1], [0x8C, 1, 0x61], [0x94], [0x71, 0], [0x68, 0], [0x68, 1],
            [0x29],
            [0x85], [0x86], [0x87], [0x74], [0x7D], [0x73], [0x75], [0x5D], [0x61], [0x65], [0x8F],
            [0x90], [0x91], [0x52], [0x81], [0x62], [0x93], [0x30], [0x32], [0x43, 1, 0xFF], [0x88],
            [0x63, 0x61, 0x0A, 0x62, 0x0A], [0x92],
        ]
        var random = SplitMix(seed: seed)
        for _ in 0..<3000 {
            var bytes: [UInt8] = [0x80, 4, 0x28]
            for _ in 0..<Int.random(in: 4..<20, using: &random) {
                bytes += pieces[Int.random(in: pieces.indices, using: &random)]
            }
            bytes += [0x29, 0x7D, 0x74, 0x2E]
            guard !check(bytes) else { continue }
            Issue.record("\(hexadecimal(bytes))")
            return
        }
    }
}

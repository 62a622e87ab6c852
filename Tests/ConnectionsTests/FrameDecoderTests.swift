import Connections
import Testing

@Suite struct FrameDecoderTests {
    private static let bodies: [[UInt8]] = [
        Array("hello".utf8), [], [7], Array(repeating: 3, count: 300), [],
        (0..<5000).map { UInt8(truncatingIfNeeded: $0) }, [1, 2, 3, 4],
    ]

    private static func frame(_ body: [UInt8], long: Bool = false) -> [UInt8] {
        let short = frameHeader(body.count)
        return (long ? [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0] + short : short) + body
    }

    /// All bodies that come out when the bytes go in as pieces of the given size.
    private func decode(_ bytes: [UInt8], pieces: Int) throws -> [[UInt8]] {
        var decoder = FrameDecoder(limit: 10_000)
        var out: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(pieces)
            rest = rest.dropFirst(pieces)
            try piece.withUnsafeBytes { chunk in
                _ = try decoder.feed(chunk) {
                    out.append(Array($0))
                    return true
                }
            }
        }
        #expect(decoder.missing == 0)
        return out
    }

    @Test(arguments: [false, true])
    func wholeFramesComeOut(long: Bool) throws {
        for body in Self.bodies {
            #expect(try decode(Self.frame(body, long: long), pieces: .max) == [body])
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 11, 12, 13, 100, 4096, Int.max], [false, true])
    func gluedFramesComeOutHoweverTheyAreCut(pieces: Int, long: Bool) throws {
        let bytes = Self.bodies.flatMap { Self.frame($0, long: long) }
        #expect(try decode(bytes, pieces: pieces) == Self.bodies)
    }

    @Test func aTruncatedFrameStaysInside() throws {
        let bytes = Self.frame(Array("hello".utf8))
        for count in 0..<bytes.count {
            var decoder = FrameDecoder(limit: 100)
            try feed(&decoder, Array(bytes.prefix(count))) { _ in
                Issue.record("a frame came out of \(count) bytes")
                return true
            }
            #expect(decoder.missing == (count < 4 ? 0 : bytes.count - count))
        }
    }

    @Test(
        arguments: [
            [0xff, 0xff, 0xff, 0xfe],
            [0x80, 0, 0, 0],
            [0xff, 0xff, 0xff, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0],
            [0xff, 0xff, 0xff, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0],
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0, 0, 0, 101],
            [0x7f, 0xff, 0xff, 0xff],
        ] as [[UInt8]])
    func aLengthBeyondTheLimitIsAnErrorAtTheHeader(header: [UInt8]) throws {
        for pieces in [1, 3, 100] {
            var decoder = FrameDecoder(limit: 100)
            var rest = header[...]
            var failed = false
            while !rest.isEmpty {
                let piece = Array(rest.prefix(pieces))
                rest = rest.dropFirst(pieces)
                do {
                    try feed(&decoder, piece) { _ in true }
                } catch {
                    failed = true
                    #expect(rest.isEmpty)
                    #expect([.messageTooLarge, .malformedFrame].contains(error.code))
                }
            }
            #expect(failed)
        }
    }

    @Test func theLargestLimitDoesNotOverflow() throws {
        var decoder = FrameDecoder(limit: .max)
        #expect(throws: ConnectionError.self) {
            try feed(&decoder, [0xff, 0xff, 0xff, 0xff, 0x7f] + Array(repeating: 0xff, count: 7)) {
                _ in true
            }
        }
        var other = FrameDecoder(limit: .max)
        try feed(&other, [0xff, 0xff, 0xff, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 9]) { _ in true }
        #expect(other.missing == 1 << 62 - 1)
    }

    @Test func afterAnErrorNothingComesOut() throws {
        var decoder = FrameDecoder(limit: 100)
        var out: [[UInt8]] = []
        let bad: [UInt8] = Self.frame([1]) + [0xff, 0, 0, 0]
        #expect(throws: ConnectionError.self) {
            try feed(&decoder, bad) {
                out.append($0)
                return true
            }
        }
        #expect(out == [[1]])
        for bytes in [Self.frame([2]), Self.frame([]), [0]] {
            _ = try? feed(&decoder, bytes) {
                out.append($0)
                return true
            }
        }
        #expect(out == [[1]])
    }

    @Test func aPauseKeepsTheRest() throws {
        var decoder = FrameDecoder(limit: 100)
        var out: [[UInt8]] = []
        let bytes = Self.frame([1]) + Self.frame([2]) + Self.frame([3]) + [0, 0]
        var goesOn = try feed(&decoder, bytes) {
            out.append($0)
            return false
        }
        #expect(!goesOn && out == [[1]])
        goesOn = try decoder.resume {
            out.append(Array($0))
            return false
        }
        #expect(!goesOn && out == [[1], [2]])
        goesOn = try feed(&decoder, [0, 1, 4]) {
            out.append($0)
            return true
        }
        #expect(goesOn && out == [[1], [2], [3], [4]])
    }

    @Test func theLimitMayRiseDuringAPause() throws {
        var decoder = FrameDecoder(limit: 10)
        let large = [UInt8](repeating: 9, count: 5000)
        var out: [[UInt8]] = []
        try feed(&decoder, Self.frame([1]) + Self.frame(large)) {
            out.append($0)
            return false
        }
        decoder.limit = 5000
        try decoder.resume {
            out.append(Array($0))
            return true
        }
        #expect(out == [[1], large])
    }

    @Test func aLargeFrameMayBeReadIntoItsOwnSpace() throws {
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let bytes = Self.frame(body) + Self.frame([5])
        var decoder = FrameDecoder(limit: 1 << 20)
        var out: [[UInt8]] = []
        try feed(&decoder, Array(bytes.prefix(1000))) { _ in true }
        var position = 1000
        var rounds = 0
        while decoder.missing > 0 {
            #expect(decoder.missing == body.count + 4 - position)
            decoder.withSpace { room in
                let piece = bytes[position..<min(position + room.count, body.count + 4)]
                #expect(room.count <= body.count + 4 - position)
                room.copyBytes(from: piece)
                position += piece.count
                return piece.count
            }
            rounds += 1
            try decoder.resume {
                out.append(Array($0))
                return true
            }
        }
        try feed(&decoder, Array(bytes[position...])) {
            out.append($0)
            return true
        }
        #expect(out == [body, [5]])
        #expect(rounds < 10)
    }

    @Test func spaceIsLentOnlyWhileAFrameIsIncomplete() throws {
        var decoder = FrameDecoder(limit: 100)
        decoder.withSpace { _ in
            Issue.record("space for nothing")
            return 0
        }
        try feed(&decoder, [0, 0, 0]) { _ in true }
        decoder.withSpace { _ in
            Issue.record("space for a header")
            return 0
        }
    }

    @Test func aPromiseOfManyBytesReservesFew() throws {
        var decoder = FrameDecoder(limit: 1 << 40)
        try feed(&decoder, [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x7f, 0, 0, 0, 0, 1]) { _ in true }
        decoder.withSpace { room in
            #expect(room.count <= 1 << 17)
            return 0
        }
    }

    @Test(arguments: 0..<50)
    func randomCutsPausesAndSpacesChangeNothing(round: Int) throws {
        let bodies = (0..<40).map { _ in
            [UInt8](
                repeating: .random(in: 0...255), count: .random(in: 0...[3, 100, 9000][round % 3]))
        }
        let bytes = bodies.flatMap { Self.frame($0, long: Bool.random()) }
        var decoder = FrameDecoder(limit: 9000)
        var out: [[UInt8]] = []
        let take: ([UInt8]) -> Bool = {
            out.append($0)
            return Int.random(in: 0..<4) > 0
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(.random(in: 1...[5, 300, 20_000][round / 3 % 3])))
            if decoder.missing > 0, Bool.random() {
                decoder.withSpace { room in
                    let count = min(room.count, piece.count)
                    room.copyBytes(from: piece.prefix(count))
                    rest = rest.dropFirst(count)
                    return count
                }
            } else {
                rest = rest.dropFirst(piece.count)
                try feed(&decoder, piece, take)
            }
            while try !decoder.resume({ take(Array($0)) }) {}
        }
        #expect(out == bodies)
    }

    @Test func anIdleDecoderIsSmall() {
        #expect(MemoryLayout<FrameDecoder>.size <= 32)
    }

    @discardableResult
    private func feed(
        _ decoder: inout FrameDecoder, _ bytes: [UInt8], _ body: ([UInt8]) -> Bool
    ) throws(ConnectionError) -> Bool {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { chunk.deallocate() }
        chunk.copyBytes(from: bytes)
        return try decoder.feed(UnsafeRawBufferPointer(chunk)) { body(Array($0)) }
    }

    /// Whoever is lent a long frame that came in pieces may keep it, and nothing but it.
    @Test(arguments: [false, true])
    func aLongFrameInPiecesMayBeKept(long: Bool) throws {
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let bytes = Self.frame(body, long: long)
        for size in [70_000, 100_000, bytes.count - 1] {
            var decoder = FrameDecoder(limit: 1 << 20)
            var kept: [WholeFrame?] = []
            var position = 0
            while position < bytes.count {
                let piece = bytes[position..<min(position + size, bytes.count)]
                position += piece.count
                try piece.withUnsafeBytes { chunk in
                    _ = try decoder.feed(
                        chunk,
                        keeping: { frame, whole in
                            #expect(frame.elementsEqual(body))
                            kept.append(whole)
                            return true
                        })
                }
            }
            try bytes.withUnsafeBytes { _ = try decoder.feed($0) { _ in true } }
            let only = try #require(kept.count == 1 ? kept[0] : nil)
            #expect(only.body == body[...])
        }
    }

    @Test func otherFramesMayNotBeKept() throws {
        let long = Self.frame([UInt8](repeating: 7, count: 100_000))
        let short = Self.frame([1, 2, 3])
        // Whole; with others behind it in the same block; short.
        let cases = [
            [long], [Array(long.prefix(80_000)), long.dropFirst(80_000) + short],
            [Array(short.prefix(5)), Array(short.dropFirst(5))],
        ]
        for (index, pieces) in cases.enumerated() {
            var decoder = FrameDecoder(limit: 1 << 20)
            var kept: [Bool] = []
            for piece in pieces {
                try piece.withUnsafeBytes { chunk in
                    _ = try decoder.feed(
                        chunk,
                        keeping: { _, whole in
                            kept.append(whole != nil)
                            return true
                        })
                }
            }
            #expect(kept == [[false], [true, false], [false]][index])
        }
    }
}

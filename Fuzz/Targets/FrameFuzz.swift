internal import Connections

/// A stream of frames: however it is cut and whenever the reader stops, the same bodies come out.
///
/// ```text
/// 0      1             3
/// limit  seed of cuts  the stream
/// ```
enum FrameFuzz: FuzzTarget {
    static let name = "frames"
    static let isMadeOfInstructions = false

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        let bodies = golden.prefix(12).map { frameHeader($0.count) + $0 }
        return [
            [0, 0, 0], [255, 0, 0, 0, 0, 0, 0], [8, 0, 1] + frameHeader(1 << 40),
            [255, 1, 2, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 2, 7, 7],
            [255, 3, 4, 255, 255, 255, 254],
            [255, 1, 1] + bodies.joined(), [10, 2, 2] + bodies.joined(),
        ]
    }

    /// What came of a stream.
    private struct Outcome: Equatable {
        var bodies: [[UInt8]] = []
        var hasFailed = false
    }

    static func run(_ input: [UInt8]) {
        var reader = InputReader(input)
        let limit = Int(reader.byte()) * 4
        var random = SplitMix(seed: UInt64(reader.byte()) << 8 | UInt64(reader.byte()))
        let stream = reader.bytes(input.count)
        let whole = feedWhole(stream, limit)
        claim(whole.bodies.allSatisfy { $0.count <= limit }, "no body is over the limit")
        let cut = feedCut(stream, limit, &random)
        claim(cut == whole, "cut at random: \(cut) instead of \(whole)")
    }

    private static func feedWhole(_ stream: [UInt8], _ limit: Int) -> Outcome {
        var decoder = FrameDecoder(limit: limit)
        var outcome = Outcome()
        unsafe stream.withUnsafeBytes { bytes in
            do throws(ConnectionError) {
                try unsafe decoder.feed(bytes) { body in
                    outcome.bodies.append(unsafe Array(body))
                    return true
                }
            } catch {
                outcome.hasFailed = true
            }
        }
        return outcome
    }

    private static func feedCut(
        _ stream: [UInt8], _ limit: Int, _ random: inout SplitMix
    ) -> Outcome {
        var decoder = FrameDecoder(limit: limit)
        var outcome = Outcome()
        var rest = stream[...]
        while !rest.isEmpty, !outcome.hasFailed {
            let piece = rest.prefix(1 + Int(random.next() % 24))
            do throws(ConnectionError) {
                if decoder.missing > 0, random.next() & 1 == 0 {
                    rest = rest.dropFirst(fill(&decoder, piece))
                    try drain(&decoder, &outcome, &random)
                } else {
                    rest = rest.dropFirst(piece.count)
                    try feed(&decoder, Array(piece), &outcome, &random)
                }
            } catch {
                outcome.hasFailed = true
            }
        }
        return outcome
    }

    private static func fill(_ decoder: inout FrameDecoder, _ piece: ArraySlice<UInt8>) -> Int {
        var count = 0
        unsafe decoder.withSpace { room in
            count = min(room.count, piece.count)
            unsafe UnsafeMutableRawBufferPointer(rebasing: room.prefix(count))
                .copyBytes(from: piece.prefix(count))
            return count
        }
        claim(count > 0, "there is room for bytes that are missing")
        return count
    }

    private static func feed(
        _ decoder: inout FrameDecoder, _ piece: [UInt8], _ outcome: inout Outcome,
        _ random: inout SplitMix
    ) throws(ConnectionError) {
        let result: Result<Bool, ConnectionError> = unsafe piece.withUnsafeBytes { bytes in
            do throws(ConnectionError) {
                return .success(
                    try unsafe decoder.feed(bytes) { body in
                        outcome.bodies.append(unsafe Array(body))
                        return random.next() & 3 > 0
                    })
            } catch {
                return .failure(error)
            }
        }
        if try !result.get() { try drain(&decoder, &outcome, &random) }
    }

    private static func drain(
        _ decoder: inout FrameDecoder, _ outcome: inout Outcome, _ random: inout SplitMix
    ) throws(ConnectionError) {
        var goesOn = false
        while !goesOn {
            goesOn = try unsafe decoder.resume { body in
                outcome.bodies.append(unsafe Array(body))
                return random.next() & 3 > 0
            }
        }
    }
}

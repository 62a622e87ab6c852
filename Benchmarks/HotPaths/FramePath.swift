import Connections

/// Cutting what has been read into frames.
enum FramePath {
    static var all: [HotPath] {
        [
            // As one connection sends them that has 16 calls under way.
            path("16 frames, whole", inPieces: false),
            path("16 frames, in two pieces", inPieces: true),
        ]
    }

    private static func path(_ name: String, inPieces: Bool) -> HotPath {
        HotPath(name) {
            let frames = frames(16)
            return { times in
                for _ in 0..<times {
                    precondition(decode(frames, inPieces: inPieces) == 16, "\(name) goes wrong")
                }
            }
        }
    }

    private static func frames(_ count: Int) -> [UInt8] {
        let request = PythonRequest.pickle(
            "9234560000400000", "__getitem__", .str("key:000000000042"))
        return Array((0..<count).map { _ in PythonRequest.framed(request) }.joined())
    }

    private static func decode(_ bytes: [UInt8], inPieces: Bool) -> Int {
        var decoder = FrameDecoder(limit: 1 << 20)
        var count = 0
        let cut = inPieces ? bytes.count / 2 + 7 : bytes.count
        unsafe bytes.withUnsafeBytes { bytes in
            for piece in [0..<cut, cut..<bytes.count] where !piece.isEmpty {
                _ = try? unsafe decoder.feed(UnsafeRawBufferPointer(rebasing: bytes[piece])) { _ in
                    count += 1
                    return true
                }
            }
        }
        return count
    }
}

import Pickle

/// Finding the parts of a request.
enum ScanPath {
    private static let ident = "9234560000400000"

    static var all: [HotPath] {
        [
            path(
                "scan get",
                PythonRequest.pickle(ident, "__getitem__", .str("key:000000000042"))),
            path("scan get of a Swift client", swiftGet),
            path(
                "scan set",
                PythonRequest.pickle(
                    ident, "__setitem__", .str("key:000000000042"),
                    .bytes(Array(repeating: 120, count: 64)))),
        ]
    }

    /// A request as a Swift client writes it, without a frame and a memo.
    private static var swiftGet: [UInt8] {
        let texts = [ident, "__getitem__", "key:000000000042"].map {
            [0x8C, UInt8($0.utf8.count)] + Array($0.utf8)
        }
        return [0x80, 4, 0x28] + texts[0] + texts[1] + [0x28] + texts[2] + [0x74, 0x7D, 0x74, 0x2E]
    }

    private static func path(_ name: String, _ request: [UInt8]) -> HotPath {
        HotPath(name) {
            var scanner = RequestScanner()
            return { times in
                for _ in 0..<times {
                    let outcome = unsafe request.withUnsafeBytes { bytes in
                        try? unsafe scanner.scan(bytes)
                    }
                    precondition(
                        outcome == .scanned && !scanner.positional.isEmpty, "\(name) goes wrong")
                }
            }
        }
    }
}

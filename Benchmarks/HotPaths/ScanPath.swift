import Pickle

/// Finding the parts of a request.
enum ScanPath {
    private static let ident = "9234560000400000"

    static var all: [HotPath] {
        [
            path(
                "scan get",
                PythonRequest.pickle(ident, "__getitem__", .str("key:000000000042"))),
            path(
                "scan set",
                PythonRequest.pickle(
                    ident, "__setitem__", .str("key:000000000042"),
                    .bytes(Array(repeating: 120, count: 64)))),
        ]
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

internal import Foundation

/// The pickles that real CPythons wrote: lines of JSON with a `pickle` or `value` in hexadecimal.
enum GoldenPickles {
    private struct Line: Decodable {
        var pickle: String?
        var value: String?
    }

    /// Reads a file; each pickle once.
    static func read(_ path: String) -> [[UInt8]] {
        guard let data = FileManager.default.contents(atPath: path) else {
            fatalError("cannot read \(path)")
        }
        let pickles = data.split(separator: 0x0A).compactMap { line in
            (try? JSONDecoder().decode(Line.self, from: Data(line)))
                .flatMap { $0.pickle ?? $0.value }
        }
        return Set(pickles).sorted().map(bytes)
    }

    /// The bytes that hexadecimal digits stand for.
    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.utf8.map { $0 >= 0x61 ? $0 - 0x61 + 10 : $0 - 0x30 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

import Foundation

@testable import Pickle

/// The pickles that real CPythons wrote (scripts/golden.py).
struct GoldenFile {
    struct Pickled {
        var version: String
        var name: String
        var protocolNumber: Int
        var bytes: [UInt8]
        /// Python's text of the value, where it does not hold an address.
        var repr: String?

        var label: String { "\(name), protocol \(protocolNumber), Python \(version)" }
    }

    private struct Line: Decodable {
        var name: String?
        var `protocol`: Int?
        var pickle: String?
        var repr: String?
        var keys: [[String]]?
        var value: String?
        var less: [String]?
    }

    var pickles: [Pickled] = []
    /// Groups of values; those of one group are one and the same key.
    var keys: [[[UInt8]]] = []
    /// Values, and what Python says of `<` between each and all of them.
    var ordered: [(value: [UInt8], answers: [String])] = []

    static let all = load()

    static var directory: URL {
        Bundle.module.resourceURL?.appendingPathComponent("Golden")
            ?? URL(fileURLWithPath: "Golden")
    }

    private static func load() -> GoldenFile {
        var golden = GoldenFile()
        let files = try? FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil)
        for file in (files ?? []).sorted(by: { $0.path < $1.path })
        where file.pathExtension == "jsonl" {
            golden.read(file)
        }
        return golden
    }

    private mutating func read(_ file: URL) {
        let version = file.deletingPathExtension().lastPathComponent.replacing("python", with: "")
        guard let data = try? Data(contentsOf: file) else { return }
        for text in data.split(separator: 0x0A) {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(text)) else {
                fatalError("not a golden line: \(String(decoding: text, as: UTF8.self))")
            }
            if let name = line.name, let number = line.protocol, let pickle = line.pickle {
                pickles.append(
                    Pickled(
                        version: version, name: name, protocolNumber: number, bytes: bytes(pickle),
                        repr: line.repr))
            } else if let groups = line.keys {
                keys = groups.map { $0.map(bytes) }
            } else if let value = line.value, let less = line.less {
                ordered.append((bytes(value), less))
            }
        }
    }
}

/// The bytes that hexadecimal digits stand for.
func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.utf8.map { $0 >= 0x61 ? $0 - 0x61 + 10 : $0 - 0x30 }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
}

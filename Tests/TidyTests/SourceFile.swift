import Foundation

/// One text file of the repository, split into lines.
struct SourceFile {
    enum Language {
        case swift, c, python, other
    }

    /// The path from the root of the repository, with forward slashes.
    let path: String
    let bytes: [UInt8]

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    init(_ path: String, _ text: String) {
        self.init(path: path, bytes: Array(text.utf8))
    }

    var language: Language {
        if path.hasSuffix(".swift") { return .swift }
        if path.hasSuffix(".c") || path.hasSuffix(".h") { return .c }
        if path.hasSuffix(".py") { return .python }
        return .other
    }

    /// The name without folders and without its extension.
    var stem: String {
        let name = path.split(separator: "/").last ?? ""
        return String(name.prefix { $0 != "." })
    }

    /// The lines, without their ends. A last line that is empty does not count.
    var lines: [ArraySlice<UInt8>] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if let last = lines.last, last.isEmpty { lines.removeLast() }
        return lines
    }
}

/// Something in a file that breaks a rule.
struct Finding: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let reason: String

    var description: String { "\(path):\(line): \(reason)" }
}

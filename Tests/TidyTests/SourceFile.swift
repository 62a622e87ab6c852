import Foundation

/// One text file of the repository, split into lines.
struct SourceFile {
    enum Language {
        case swift, c, python, other
    }

    /// The path from the root of the repository, with forward slashes.
    let path: String
    let bytes: [UInt8]
    /// The code and the comments of a Swift or C source; nothing of any other file.
    let masked: MaskedSource
    /// The declarations of a Swift source, and the `#if`s inside its functions.
    let outline: Outline

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        let language = Self.language(of: path)
        masked = MaskedSource([.swift, .c].contains(language) ? bytes : [], language)
        outline = Outline(language == .swift ? Token.tokens(of: masked.code) : [])
    }

    init(_ path: String, _ text: String) {
        self.init(path: path, bytes: Array(text.utf8))
    }

    var language: Language { Self.language(of: path) }

    private static func language(of path: String) -> Language {
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

    /// Where `text` stands: its offsets.
    func offsets(of text: String) -> [Int] {
        let pattern = Array(text.utf8)
        var offsets: [Int] = []
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let first = pattern.first else { return }
            var start = 0
            while let hit = memchr(base + start, CInt(first), bytes.count - start) {
                let offset = UnsafeRawPointer(hit) - base
                if bytes[offset...].starts(with: pattern) { offsets.append(offset) }
                start = offset + 1
            }
        }
        return offsets
    }

    /// The byte at an offset, 0 outside of the file.
    func byte(at offset: Int) -> UInt8 {
        bytes.indices.contains(offset) ? bytes[offset] : 0
    }

    /// The line of an offset, counted from 1.
    func line(at offset: Int) -> Int {
        1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
    }
}

/// Something in a file that breaks a rule.
struct Finding: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let reason: String

    var description: String { "\(path):\(line): \(reason)" }
}

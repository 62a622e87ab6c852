/// A Swift or C source taken apart: what the compiler runs, and what people read.
///
/// Both halves have the lines and columns of the source. In `code` comments and the contents of
/// strings are blank (the code inside an interpolation stays); in `comments` all but comments is.
struct MaskedSource {
    let code: [[UInt8]]
    let comments: [[UInt8]]

    init(_ bytes: [UInt8], _ language: SourceFile.Language) {
        var masker = Masker(bytes: bytes, isSwift: language == .swift)
        masker.run()
        code = Self.lines(masker.code)
        comments = Self.lines(masker.comments)
    }

    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    }
}

private struct Masker {
    private enum Context {
        /// Code; inside an interpolation, how many parentheses are open.
        case code(parentheses: Int)
        /// A string with so many `#` round it.
        case string(pounds: Int, isMultiline: Bool)
        case comment
    }

    let bytes: [UInt8]
    let isSwift: Bool
    var code: [UInt8]
    var comments: [UInt8]
    private var index = 0
    private var stack: [Context] = [.code(parentheses: 0)]

    init(bytes: [UInt8], isSwift: Bool) {
        self.bytes = bytes
        self.isSwift = isSwift
        code = bytes.map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
        comments = code
    }

    mutating func run() {
        while index < bytes.count {
            switch stack.last {
            case .code(let parentheses): stepCode(parentheses)
            case .string(let pounds, let isMultiline): stepString(pounds, isMultiline)
            case .comment: stepComment()
            case nil: return
            }
        }
    }

    private func has(_ text: StaticString, at offset: Int = 0) -> Bool {
        let start = index + offset
        let count = text.utf8CodeUnitCount
        guard start + count <= bytes.count else { return false }
        for place in 0..<count where bytes[start + place] != text.utf8Start[place] { return false }
        return true
    }

    /// Whether the byte begins nothing but itself: most do, and are not looked at closely.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"):
            return false
        default: return true
        }
    }

    private mutating func stepCode(_ parentheses: Int) {
        if Self.isPlain(bytes[index]) {
            code[index] = bytes[index]
            index += 1
        } else if has("//") {
            while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { keepComment() }
        } else if has("/*") {
            stack.append(.comment)
            keepComment()
            keepComment()
        } else if !isSwift, has("'") {
            skipCharacter()
        } else if !opensString() {
            keepCode(parentheses)
        }
    }

    private mutating func keepCode(_ parentheses: Int) {
        let isInside = stack.count > 1
        if isInside, parentheses == 1, has(")") {
            stack.removeLast()
        } else {
            code[index] = bytes[index]
            let opened = has("(") ? 1 : has(")") ? -1 : 0
            if isInside { stack[stack.count - 1] = .code(parentheses: parentheses + opened) }
        }
        index += 1
    }

    private mutating func opensString() -> Bool {
        var pounds = 0
        while isSwift, has("#", at: pounds) { pounds += 1 }
        guard has("\"", at: pounds) else { return false }
        let isMultiline = isSwift && has("\"\"\"", at: pounds)
        code[index + pounds] = UInt8(ascii: "\"")
        index += pounds + (isMultiline ? 3 : 1)
        stack.append(.string(pounds: pounds, isMultiline: isMultiline))
        return true
    }

    private mutating func stepString(_ pounds: Int, _ isMultiline: Bool) {
        let quotes = isMultiline ? 3 : 1
        if has("\\"), hasPounds(pounds, at: 1) {
            let isInterpolation = isSwift && has("(", at: 1 + pounds)
            index = min(bytes.count, index + 2 + pounds)
            if isInterpolation { stack.append(.code(parentheses: 1)) }
        } else if isMultiline ? has("\"\"\"") : has("\""), hasPounds(pounds, at: quotes) {
            code[index + quotes - 1] = UInt8(ascii: "\"")
            index += quotes + pounds
            stack.removeLast()
        } else {
            if !isMultiline, has("\n") { stack.removeLast() }
            index += 1
        }
    }

    private func hasPounds(_ count: Int, at offset: Int) -> Bool {
        (0..<count).allSatisfy { has("#", at: offset + $0) }
    }

    private mutating func stepComment() {
        if has("*/") {
            keepComment()
            keepComment()
            stack.removeLast()
        } else if isSwift, has("/*") {
            stack.append(.comment)
            keepComment()
            keepComment()
        } else {
            keepComment()
        }
    }

    private mutating func keepComment() {
        comments[index] = bytes[index]
        index += 1
    }

    /// A C character constant such as `'"'` or `'\''`.
    private mutating func skipCharacter() {
        index += has("\\", at: 1) ? 3 : 2
        while index < bytes.count, !has("'"), !has("\n") { index += 1 }
        index = min(bytes.count, index + 1)
    }
}

/// A word or a mark of masked code, and where it stands.
struct Token: Equatable {
    let text: String
    /// Counted from 0.
    let line: Int
    let column: Int

    var isWord: Bool { text.utf8.first.map(Self.isWordByte) ?? false }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "`"), 0x80...:
            return true
        default: return false
        }
    }

    /// The words (identifiers, keywords, numbers) and single marks of `code`, blanks left out.
    static func tokens(of code: [[UInt8]]) -> [Token] {
        var tokens: [Token] = []
        for (number, line) in code.enumerated() {
            var column = 0
            while column < line.count {
                let start = column
                column += 1
                if line[start] <= 0x20 { continue }
                while isWordByte(line[start]), column < line.count, isWordByte(line[column]) {
                    column += 1
                }
                let text = String(decoding: line[start..<column], as: UTF8.self)
                tokens.append(Token(text: text, line: number, column: start))
            }
        }
        return tokens
    }
}

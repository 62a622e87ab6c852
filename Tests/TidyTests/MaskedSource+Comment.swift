extension MaskedSource {
    /// The comment of a line: beside it, and on the lines directly above it, attributes skipped.
    func comment(at number: Int) -> String {
        var parts = [text(comments[number])]
        var line = number - 1
        while line >= 0 {
            let code = text(self.code[line])
            let comment = text(comments[line])
            guard code.hasPrefix("@") || (code.isEmpty && !comment.isEmpty) else { break }
            parts.append(comment)
            line -= 1
        }
        return parts.reversed().filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func text(_ bytes: [UInt8]) -> String {
        let isBlank = { (byte: UInt8) in byte <= 0x20 }
        let tail = bytes.drop(while: isBlank)
        return String(decoding: tail.reversed().drop(while: isBlank).reversed(), as: UTF8.self)
    }
}

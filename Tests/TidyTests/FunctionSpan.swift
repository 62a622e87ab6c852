/// A function and the lines it takes, its signature included.
struct FunctionSpan: Equatable {
    let name: String
    /// Counted from 0.
    let line: Int
    let lineCount: Int

    static func all(in file: SourceFile) -> [FunctionSpan] {
        switch file.language {
        case .swift: swift(file)
        case .c: c(file)
        case .python: python(file)
        case .other: []
        }
    }

    private static func swift(_ file: SourceFile) -> [FunctionSpan] {
        file.outline.declarations.compactMap { declaration in
            guard declaration.isFunction, let last = declaration.lastLine else { return nil }
            return FunctionSpan(
                name: declaration.name, line: declaration.line,
                lineCount: last - declaration.line + 1)
        }
    }

    /// A C function is a brace outside all others that follows a closing parenthesis.
    private static func c(_ file: SourceFile) -> [FunctionSpan] {
        var spans: [FunctionSpan] = []
        var depth = 0
        var start: Int?
        var previous = ""
        for token in Token.tokens(of: file.masked.code) {
            if token.text == "{" {
                if depth == 0, previous == ")" { start = token.line }
                depth += 1
            } else if token.text == "}" {
                depth -= 1
                if depth == 0, let line = start {
                    spans.append(
                        FunctionSpan(
                            name: "function", line: line, lineCount: token.line - line + 1))
                    start = nil
                }
            }
            previous = token.text
        }
        return spans
    }

    /// A Python function ends before the first line that is indented as little as its `def`.
    private static func python(_ file: SourceFile) -> [FunctionSpan] {
        let lines = file.lines.map { String(decoding: $0, as: UTF8.self) }
        return lines.indices.compactMap { start in
            let body = lines[start].drop { $0 == " " }
            guard body.hasPrefix("def ") || body.hasPrefix("async def ") else { return nil }
            let indent = lines[start].count - body.count
            var last = start
            for line in (start + 1)..<max(start + 1, lines.count) {
                let text = lines[line].drop { $0 == " " }
                if text.isEmpty { continue }
                let isShallow = lines[line].count - text.count <= indent
                if isShallow, !")]}".contains(text.first ?? " ") { break }
                last = line
            }
            let signature = body.split(separator: "def ", maxSplits: 1).last ?? ""
            return FunctionSpan(
                name: String(signature.prefix { $0 != "(" }), line: start,
                lineCount: last - start + 1)
        }
    }
}

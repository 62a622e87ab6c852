/// Limits on how much a reader must hold in mind.
enum SizeRules {
    static let fileLines = 400
    static let functionLines = 70
    static let columns = 100

    static func longFile(_ file: SourceFile) -> [Finding] {
        let count = file.lines.count
        guard file.language != .other, count > fileLines else { return [] }
        return [Finding(path: file.path, line: count, reason: "\(count) lines in one file")]
    }

    static func longFunctions(_ file: SourceFile) -> [Finding] {
        FunctionSpan.all(in: file).filter { $0.lineCount > functionLines }.map {
            Finding(
                path: file.path, line: $0.line + 1, reason: "\($0.name) has \($0.lineCount) lines")
        }
    }

    static func longLines(_ file: SourceFile) -> [Finding] {
        guard file.language != .other else { return [] }
        return file.lines.enumerated().compactMap { number, line in
            guard line.count > columns else { return nil }
            let width = String(decoding: line, as: UTF8.self).count
            guard width > columns else { return nil }
            return Finding(path: file.path, line: number + 1, reason: "\(width) columns")
        }
    }
}

/// Words that do not belong into a commit, and comments that do.
enum TextRules {
    /// Put together here, so that this file passes its own rule.
    private static let leftovers = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    private static let excuse = "for " + "now"
    private static let machinePaths = ["work", "root", "home"].map { "/" + $0 + "/" }
    private static let vagueNames: Set<String> = ["Utils", "Helpers", "Common", "Misc", "New"]

    static func leftovers(_ file: SourceFile) -> [Finding] {
        findings(file) { line in
            (leftovers + [excuse]).first { contains(word: $0, in: line) }.map { "says \($0)" }
        }
    }

    static func machinePaths(_ file: SourceFile) -> [Finding] {
        findings(file) { line in
            machinePaths.first { isPath($0, in: line) }.map { "names \($0)" }
        }
    }

    static func vagueName(_ file: SourceFile) -> [Finding] {
        let parts = file.stem.split(separator: "+").map(String.init)
        guard parts.contains(where: vagueNames.contains) else { return [] }
        return [Finding(path: file.path, line: 1, reason: "\(file.stem) is not a noun")]
    }

    static func undocumented(_ file: SourceFile) -> [Finding] {
        guard file.language == .swift, !file.path.hasPrefix("Tests/") else { return [] }
        let source = MaskedSource(file)
        return Declaration.all(in: source).compactMap { declaration in
            guard declaration.isPublic, declaration.kind != "extension" else { return nil }
            let comment = source.comment(at: declaration.line)
            let isDocumented = comment.contains("///") || comment.contains("/**")
            guard !isDocumented else { return nil }
            return Finding(
                path: file.path, line: declaration.line + 1,
                reason: "public \(declaration.kind) \(declaration.name) has no doc comment")
        }
    }

    static func conditionsInFunctions(_ file: SourceFile) -> [Finding] {
        guard file.language == .swift else { return [] }
        return Declaration.conditionsInFunctions(of: MaskedSource(file)).map {
            Finding(path: file.path, line: $0 + 1, reason: "a condition inside a function")
        }
    }

    private static func findings(
        _ file: SourceFile, _ reason: (ArraySlice<UInt8>) -> String?
    ) -> [Finding] {
        file.lines.enumerated().compactMap { number, line in
            reason(line).map { Finding(path: file.path, line: number + 1, reason: $0) }
        }
    }

    private static func contains(word: String, in line: ArraySlice<UInt8>) -> Bool {
        line.ranges(of: Array(word.utf8)).contains { range in
            let before = range.lowerBound > line.startIndex ? line[range.lowerBound - 1] : 0
            let after = range.upperBound < line.endIndex ? line[range.upperBound] : 0
            return !Token.isWordByte(before) && !Token.isWordByte(after)
        }
    }

    /// A path is absolute where nothing that could be a folder stands before it.
    private static func isPath(_ path: String, in line: ArraySlice<UInt8>) -> Bool {
        line.ranges(of: Array(path.utf8)).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[range.lowerBound - 1]
            return !Token.isWordByte(before) && !"}.)*".utf8.contains(before)
        }
    }
}

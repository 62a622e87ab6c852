/// Words that do not belong into a commit, and comments that do.
enum TextRules {
    /// Put together here, so that this file passes its own rule.
    private static let leftovers = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    private static let excuse = "for " + "now"
    private static let machinePaths = ["work", "root", "home"].map { "/" + $0 + "/" }
    private static let vagueNames: Set<String> = ["Utils", "Helpers", "Common", "Misc", "New"]

    static func leftovers(_ file: SourceFile) -> [Finding] {
        (leftovers + [excuse]).flatMap { word in
            file.offsets(of: word).filter { offset in
                !Token.isWordByte(file.byte(at: offset - 1))
                    && !Token.isWordByte(file.byte(at: offset + word.utf8.count))
            }.map { finding(file, $0, "says \(word)") }
        }
    }

    /// A path is absolute where nothing that could be a folder stands before it.
    static func machinePaths(_ file: SourceFile) -> [Finding] {
        machinePaths.flatMap { path in
            file.offsets(of: path).filter { offset in
                let before = file.byte(at: offset - 1)
                return !Token.isWordByte(before) && !"}.)*".utf8.contains(before)
            }.map { finding(file, $0, "names \(path)") }
        }
    }

    static func vagueName(_ file: SourceFile) -> [Finding] {
        let parts = file.stem.split(separator: "+").map(String.init)
        guard parts.contains(where: vagueNames.contains) else { return [] }
        return [Finding(path: file.path, line: 1, reason: "\(file.stem) is not a noun")]
    }

    static func undocumented(_ file: SourceFile) -> [Finding] {
        guard file.language == .swift, !file.path.hasPrefix("Tests/") else { return [] }
        return file.outline.declarations.compactMap { declaration in
            guard declaration.isPublic, declaration.kind != "extension" else { return nil }
            let comment = file.masked.comment(at: declaration.line)
            let isDocumented = comment.contains("///") || comment.contains("/**")
            guard !isDocumented else { return nil }
            return Finding(
                path: file.path, line: declaration.line + 1,
                reason: "public \(declaration.kind) \(declaration.name) has no doc comment")
        }
    }

    static func conditionsInFunctions(_ file: SourceFile) -> [Finding] {
        file.outline.conditionsInFunctions.map {
            Finding(path: file.path, line: $0 + 1, reason: "a condition inside a function")
        }
    }

    private static func finding(_ file: SourceFile, _ offset: Int, _ reason: String) -> Finding {
        Finding(path: file.path, line: file.line(at: offset), reason: reason)
    }
}

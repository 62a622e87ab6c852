/// What docs/THREAT_MODEL.md promises: for each threat a test that is there.
///
/// A threat is a row of a table; its last cell names tests, each between backquotes:
///
/// ```text
/// Suite.claim          the function `claim` in Suite.swift
/// script.py attack     the function `attack` in script.py
/// fuzz target          the fuzz target of that name
/// script.sh            the script
/// ```
enum ThreatRules {
    static let path = "docs/THREAT_MODEL.md"

    /// Rows without a test, and tests that are not there.
    static func untested(_ model: SourceFile, in files: [SourceFile]) -> [Finding] {
        let texts = model.lines.map { String(decoding: $0, as: UTF8.self) }
        return threats(texts).flatMap { number -> [Finding] in
            let tests = tests(in: texts[number])
            let reasons =
                tests.isEmpty
                ? ["a threat without a test"]
                : tests.filter { !isThere($0, in: files) }.map { "no test \($0)" }
            return reasons.map { Finding(path: model.path, line: number + 1, reason: $0) }
        }
    }

    /// The rows of the tables whose last column is `test`.
    private static func threats(_ lines: [String]) -> [Int] {
        var isInside = false
        return lines.indices.filter { number in
            let line = lines[number]
            if line.hasPrefix("|--"), number > 0 {
                isInside = lines[number - 1].hasSuffix("| test |")
                return false
            }
            if !line.hasPrefix("|") { isInside = false }
            return isInside
        }
    }

    private static func tests(in row: String) -> [String] {
        let cells = row.split(separator: "|")
        let parts = (cells.last ?? "").split(separator: "`", omittingEmptySubsequences: false)
        return parts.indices.filter { !$0.isMultiple(of: 2) }.map { String(parts[$0]) }
    }

    private static func isThere(_ test: String, in files: [SourceFile]) -> Bool {
        let words = test.split(separator: " ").map(String.init)
        switch words.count {
        case 1 where test.hasSuffix(".sh"): return files.contains { $0.path.hasSuffix("/\(test)") }
        case 1:
            let names = test.split(separator: ".")
            return names.count == 2
                && has("func \(names[1])(", in: files) {
                    $0.path.hasPrefix("Tests/") && $0.path.hasSuffix("/\(names[0]).swift")
                }
        case 2 where words[0] == "fuzz":
            return has("static let name = \"\(words[1])\"", in: files) {
                $0.path.hasPrefix("Fuzz/Targets/")
            }
        case 2: return has("def \(words[1])(", in: files) { $0.path.hasSuffix("/\(words[0])") }
        default: return false
        }
    }

    private static func has(
        _ text: String, in files: [SourceFile], _ isMeant: (SourceFile) -> Bool
    ) -> Bool {
        files.contains { isMeant($0) && !$0.offsets(of: text).isEmpty }
    }
}

import Testing

/// The threat model's rule can fail: it is shown bad rows, and good ones that look like them.
@Suite struct ThreatRulesTests {
    private let files = [
        SourceFile("Tests/ATests/BTests.swift", "@Test func aClaim() {}"),
        SourceFile("Tests/InteropTests/Python/x.py", "def attack(watch):\n    pass\n"),
        SourceFile("Fuzz/Targets/CFuzz.swift", "static let name = \"pickle\""),
        SourceFile("scripts/soak.sh", ""),
    ]

    private func reasons(_ rows: String...) -> [String] {
        let text = "# Threats\n\n| threat | test |\n|---|---|\n" + rows.joined(separator: "\n")
        return ThreatRules.untested(SourceFile(ThreatRules.path, text), in: files).map(\.reason)
    }

    @Test func aThreatNamesItsTest() {
        #expect(reasons("| a | b |") == ["a threat without a test"])
        #expect(reasons("| `BTests.aClaim` | b |") == ["a threat without a test"])
    }

    @Test func otherTablesNameWhatTheyLike() {
        let text = "| who | what |\n|--|--|\n| a | b |\n\n| threat | test |\n|--|--|\n| a | b |\n"
        let model = SourceFile(ThreatRules.path, text)
        #expect(ThreatRules.untested(model, in: files).map(\.line) == [7])
    }

    @Test(arguments: ["BTests.aClaim", "x.py attack", "fuzz pickle", "soak.sh"])
    func aTestThatIsThereIsFound(test: String) {
        #expect(reasons("| a | `\(test)` |") == [])
        #expect(reasons("| a | `\(test)`, `\(test)` |") == [])
    }

    @Test(arguments: [
        "BTests.aClai", "ATests.aClaim", "aClaim", "x.py attac", "y.py attack", "fuzz frames",
        "soa.sh", "one two three",
    ])
    func aTestThatIsNotThereIsMissed(test: String) {
        #expect(reasons("| a | `fuzz pickle`, `\(test)` |") == ["no test \(test)"])
    }
}

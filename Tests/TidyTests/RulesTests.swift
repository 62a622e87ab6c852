import Testing

/// Every rule can fail: each one is shown a bad snippet, and a good one that looks like it.
@Suite struct RulesTests {
    private func lines(_ rule: (SourceFile) -> [Finding], _ path: String, _ text: String) -> [Int] {
        rule(SourceFile(path, text)).map(\.line)
    }

    @Test func aFileOf401LinesIsLong() {
        let text = { String(repeating: "// a line\n", count: $0) }
        #expect(lines(SizeRules.longFile, "A.swift", text(401)) == [401])
        #expect(lines(SizeRules.longFile, "A.swift", text(400)) == [])
        #expect(lines(SizeRules.longFile, "A.md", text(401)) == [])
    }

    @Test(arguments: [("A.swift", "func f() {\n", "}\n"), ("a.c", "int f(void)\n{\n", "}\n")])
    func aFunctionOf71LinesIsLong(path: String, head: String, tail: String) {
        let body = { String(repeating: "    f();\n", count: $0) }
        #expect(lines(SizeRules.longFunctions, path, head + body(69) + tail).count == 1)
        #expect(lines(SizeRules.longFunctions, path, head + body(68) + tail) == [])
    }

    @Test func pythonFunctionsEndWhereTheIndentDoes() {
        let body = { "class A:\n  def f(\n  ):\n" + String(repeating: "    f()\n\n", count: $0) }
        #expect(lines(SizeRules.longFunctions, "a.py", body(35) + "\nx = 1\n") == [2])
        #expect(lines(SizeRules.longFunctions, "a.py", body(34) + "\n\n\nx = 1\n") == [])
    }

    @Test func computedPropertiesAndInitialisersCountAsFunctions() {
        let body = String(repeating: "f()\n", count: 70)
        let text = "struct A {\nvar x: Int {\n\(body)}\ninit(x: Int) {\n\(body)}\n}\n"
        #expect(lines(SizeRules.longFunctions, "A.swift", text) == [2, 74])
    }

    @Test func aLineOf101ColumnsIsLong() {
        #expect(lines(SizeRules.longLines, "a.py", String(repeating: "é", count: 101)) == [1])
        #expect(lines(SizeRules.longLines, "a.py", String(repeating: "é", count: 100)) == [])
    }

    @Test(arguments: ["try! f()", "x as! Int", "x!.y", "f()!", "a[0]!", "var x: Int!", #""\(x!)""#])
    func whatIsForcedIsFound(code: String) {
        #expect(lines(SafetyRules.forcedUnwraps, "A.swift", "\n" + code) == [2])
    }

    @Test(arguments: [
        "!x", "a != b", "a!=b", "f(!x)", "// look!", "\"hey!\"", #""\(a)!""#, "/* x! */",
        "#\"a\"!\"#",
        "a && !b", "\"\"\"\n x!\n \"\"\"",
    ])
    func whatOnlyLooksForcedIsNot(code: String) {
        #expect(lines(SafetyRules.forcedUnwraps, "A.swift", code) == [])
    }

    @Test(arguments: ["struct A: @unchecked Sendable {}", "nonisolated(unsafe) var x = 1"])
    func aPromiseNeedsItsReason(code: String) {
        let rule = SafetyRules.unexplainedPromises
        #expect(lines(rule, "A.swift", "// safe\n" + code) == [2])
        #expect(lines(rule, "A.swift", "// SAFETY: set once.\n@frozen\n" + code) == [])
        #expect(lines(rule, "A.swift", "// " + code) == [])
    }

    @Test func aLooseTaskSaysWhy() {
        #expect(lines(SafetyRules.looseTasks, "Sources/A/A.swift", "Task { f() }") == [1])
        #expect(
            lines(SafetyRules.looseTasks, "Sources/A/A.swift", "// Ends by\nTask { f() }") == [])
        #expect(lines(SafetyRules.looseTasks, "Sources/A/A.swift", "let x = MyTask(y)") == [])
        #expect(lines(SafetyRules.looseTasks, "Sources/A/A.swift", "enum Task { case a }") == [])
        #expect(lines(SafetyRules.looseTasks, "Tests/A/A.swift", "Task { f() }") == [])
    }

    @Test func aClockThatIsSetSaysWhy() {
        let rule = SafetyRules.wallClocks
        #expect(lines(rule, "Sources/A/a.c", "x = time(NULL);") == [1])
        #expect(lines(rule, "Sources/A/a.c", "// CLOCK: shown\nx = time(NULL);") == [])
        #expect(lines(rule, "Sources/A/A.swift", "let x = Date()") == [1])
        #expect(lines(rule, "Sources/A/A.swift", "let x = myDate()") == [])
    }

    @Test func aCodeIsComparedInConstantTime() {
        let rule = SafetyRules.hastyComparisons
        #expect(lines(rule, "Sources/A/A.swift", "let x = try hmac(a)\nx == y") == [1])
        #expect(
            lines(rule, "Sources/A/A.swift", "let x = try hmac(a)\nconstantTimeEqual(x, y)") == [])
    }

    @Test(arguments: ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "for " + "now"])
    func aLeftoverIsFoundAsAWord(word: String) {
        #expect(lines(TextRules.leftovers, "a.md", "Some \(word): x") == [1])
        #expect(lines(TextRules.leftovers, "a.md", "SOME\(word)x") == [])
    }

    @Test func aPathOfAMachineIsFound() {
        let path = "/" + "work/"
        #expect(lines(TextRules.machinePaths, "a.sh", "cd \(path)x") == [1])
        #expect(lines(TextRules.machinePaths, "a.sh", "cd net\(path)x; cd ..\(path)x") == [])
    }

    @Test func aVagueNameIsFound() {
        #expect(lines(TextRules.vagueName, "Sources/A/Helpers.swift", "") == [1])
        #expect(lines(TextRules.vagueName, "Sources/A/Array+Utils.swift", "") == [1])
        #expect(lines(TextRules.vagueName, "Sources/A/NewsPaper.swift", "") == [])
    }

    @Test func aPublicDeclarationNeedsItsComment() {
        let bad = """
            public struct A {
                public var a: Int { 1 }
                @inlinable public init() { let b = 1 }
            }
            public protocol P { func f() }
            public enum E { case a }
            public extension A { func g() {} }
            """
        let rule = TextRules.undocumented
        #expect(lines(rule, "Sources/A/A.swift", bad) == [1, 2, 3, 5, 5, 6, 6, 7])
        #expect(lines(rule, "Tests/A/A.swift", bad) == [])
    }

    @Test func commentsAboveAttributesDocument() {
        let good = """
            /// Good.
            @available(macOS 15, *)
            public struct A {
                struct Inner { init() {} }
                enum E { case a }
                /** Good. */
                public private(set) var a: Int
                /// Good.
                public internal(set) var b: Int
                private func f() { switch a { case 1: break } }
            }
            public import Foundation
            """
        #expect(lines(TextRules.undocumented, "Sources/A/A.swift", good) == [])
    }

    @Test func aConditionInsideAFunctionIsFound() {
        let text = "#if os(Linux)\nfunc f() {\n#if DEBUG\n#endif\n}\n#endif\n"
        #expect(lines(TextRules.conditionsInFunctions, "A.swift", text) == [3])
    }
}

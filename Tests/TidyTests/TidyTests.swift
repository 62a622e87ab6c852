import Testing

/// The rules of docs/HACKING.md, held against the repository itself.
@Suite struct TidyTests {
    let tree = SourceTree.repository

    private func manifest() throws -> Manifest {
        Manifest(try #require(tree.files.first { $0.path == "Package.swift" }))
    }

    private func findings(_ rule: (SourceFile) -> [Finding]) -> [Finding] {
        tree.files.flatMap(rule)
    }

    @Test func theTreeIsFound() throws {
        #expect(tree.files.contains { $0.path == "Tests/TidyTests/TidyTests.swift" })
        #expect(try manifest().targets.contains { $0.name == "HostedObjects" })
    }

    @Test func noFileIsLong() { #expect(findings(SizeRules.longFile) == []) }
    @Test func noFunctionIsLong() { #expect(findings(SizeRules.longFunctions) == []) }
    @Test func noLineIsLong() { #expect(findings(SizeRules.longLines) == []) }

    @Test func nothingIsForced() { #expect(findings(SafetyRules.forcedUnwraps) == []) }
    @Test func promisesAreExplained() { #expect(findings(SafetyRules.unexplainedPromises) == []) }
    @Test func tasksAreScoped() { #expect(findings(SafetyRules.looseTasks) == []) }

    @Test func clocksGoOneWay() { #expect(findings(SafetyRules.wallClocks) == []) }
    @Test func codesAreComparedInConstantTime() {
        #expect(findings(SafetyRules.hastyComparisons) == [])
    }

    @Test func nothingIsLeftOver() { #expect(findings(TextRules.leftovers) == []) }
    @Test func noPathOfAMachineIsNamed() { #expect(findings(TextRules.machinePaths) == []) }
    @Test func everyFileIsNamedByANoun() { #expect(findings(TextRules.vagueName) == []) }
    @Test func everythingPublicIsDocumented() { #expect(findings(TextRules.undocumented) == []) }
    @Test func functionsHaveOneForm() { #expect(findings(TextRules.conditionsInFunctions) == []) }

    @Test func everyThreatHasItsTest() throws {
        let model = try #require(tree.files.first { $0.path == ThreatRules.path })
        #expect(ThreatRules.untested(model, in: tree.files) == [])
    }

    @Test func importsFollowTheLayerTable() throws {
        let manifest = try manifest()
        #expect(findings { LayerRules.imports($0, manifest) } == [])
    }

    @Test func theCoreIsPure() throws {
        let manifest = try manifest()
        #expect(findings { LayerRules.impurities($0, manifest) } == [])
    }
}

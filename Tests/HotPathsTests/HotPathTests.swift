import HotPaths
import Testing

@Suite struct HotPathTests {
    /// A path that goes wrong stops the process.
    @Test(arguments: HotPath.all().map(\.name))
    func everyPathIsGoneAlong(_ name: String) throws {
        try #require(HotPath.named(name)).run(10)
    }

    @Test func noTwoPathsHaveOneName() {
        let names = HotPath.all().map(\.name)
        #expect(Set(names).count == names.count)
    }
}

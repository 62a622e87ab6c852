import Testing

@testable import HostedObjects

@Suite struct SessionNameTests {
    @Test(arguments: [
        "MainProcess", "Process-1", "Process-1:2", "ForkPoolWorker-12", "SpawnProcess-3",
        "ForkServerProcess-1:2:3",
    ])
    func namesThatCPythonGivesAreProcesses(name: String) throws {
        let read = try #require(SessionName(name))
        #expect(read.isMain && read.identity == nil)
        let thread = try #require(SessionName(name + "|Thread-1 (work)"))
        #expect(!thread.isMain)
    }

    @Test(arguments: [
        "", "main", "a thread", "Process-", "Process-x", "Process-1:", "Worker", "-1", "#",
        "swift#",
        "swift#" + String(repeating: "f", count: 65),
    ])
    func othersTellNothing(name: String) {
        #expect(SessionName(name) == nil)
    }

    @Test func whatStandsBehindTheSignIsWhoItIs() throws {
        let main = try #require(SessionName("swift#1f00ba4c"))
        #expect(main.isMain && main.identity == "1f00ba4c")
        let line = try #require(SessionName("swift#1f00ba4c|line"))
        #expect(!line.isMain && line.identity == "1f00ba4c")
    }
}

import Foundation
import Processes
import Testing

/// What is true of children whatever they are started by.
@Suite(.timeLimit(.minutes(5)))
struct ChildProcessTests {
    @Test(arguments: StartMethod.all)
    func aChildRunsItsTarget(_ method: StartMethod) async throws {
        let child = ProcessContext(method).process(Nothing())
        #expect(try child.pid == nil && child.exitCode == nil && !child.isAlive)
        try await child.start()
        try await child.join()
        #expect(try child.exitCode == 0 && !child.isAlive)
    }

    @Test(arguments: [StartMethod.spawn, .forkserver])
    func aChildSleepsAndGroupsAndActs(_ method: StartMethod) async throws {
        let child = ProcessContext(method).process(Busy())
        try await child.start()
        try await child.join()
        #expect(try child.exitCode == 0)
    }
}

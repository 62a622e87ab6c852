import Foundation
import Processes
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ChildProcessTests {
    @Test func aChildRunsItsTarget() async throws {
        let child = ChildProcess(Nothing())
        #expect(try child.pid == nil && child.exitCode == nil && !child.isAlive)
        try await child.start()
        try await child.join()
        #expect(try child.exitCode == 0 && !child.isAlive)
    }
}

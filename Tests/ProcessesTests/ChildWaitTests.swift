import Connections
import Processes
import Testing

/// Sends back what it receives.
struct EchoTarget: ProcessTarget {
    let connection: Connection

    func run() async throws {
        while let message = try? await connection.receiveBytes() {
            try await connection.sendBytes(message)
        }
    }
}

/// Children and connections that are waited for together.
@Suite(.timeLimit(.minutes(10)))
struct ChildWaitTests {
    @Test func aConnectionIsInheritedAndTheEndOfAChildIsSeen() async throws {
        let (here, there) = try Connection.pipe()
        let child = ChildProcess(EchoTarget(connection: there))
        try await child.start()
        there.close()
        try await here.sendBytes([1, 2, 3])
        let objects: [any Waitable] = [child, here]
        let first = try await Connection.wait(for: objects)
        #expect(first.count == 1 && first[0] is Connection)
        #expect(try await here.receiveBytes() == [1, 2, 3])
        #expect(try await Connection.wait(for: objects, timeout: .milliseconds(5)).isEmpty)
        here.close()
        let second = try await Connection.wait(for: [child])
        #expect(second.count == 1)
        try await child.join()
        let exitCode = try child.exitCode
        #expect(exitCode == 0)
    }
}

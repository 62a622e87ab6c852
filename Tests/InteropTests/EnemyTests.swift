import Foundation
import Testing

/// Attacks on our server, each in a process of its own: whatever they do, others are served.
@Suite(
    .serialized, .enabled("the command can serve") { await ServedManager.command() != nil })
struct EnemyTests {
    /// Runs a script against a server, which must survive it and deny nothing.
    private func attack(
        _ name: String, _ server: ServedManager, _ arguments: [String] = [],
        limit: Duration = .seconds(600)
    ) async throws {
        guard let python = await Interpreter.newest() else { try Test.cancel("no python here") }
        let script = Script(
            name: name, arguments: [String(server.processIdentifier)] + arguments, limit: limit)
        let transcript = try await script.run(with: python, on: server)
        #expect(transcript.denials == [])
        #expect(transcript.calls.last?.text == "done")
        #expect(server.isRunning)
    }

    /// As many wrong keys as one likes, without a wait.
    private static let strangersMayTry = [
        "--limit", "slowedAttempts=1000000", "--limit", "failedAttempts=1000000",
    ]

    @Test func keysThatCollideTextsThatLookAlikeAndHugeNumbersCostNobodyElse() async throws {
        try await attack("floods", ServedManager.ours(.unix))
    }

    @Test(arguments: ServedManager.Transport.allCases)
    func theSlowAndTheHalfClosedHoldNobodyUp(transport: ServedManager.Transport) async throws {
        try await attack("slow", ServedManager.ours(transport))
    }

    @Test(arguments: ServedManager.Transport.allCases)
    func withoutDescriptorsAndWithAFullLogItServesWhoIsIn(
        transport: ServedManager.Transport
    ) async throws {
        let descriptors = 64
        let server = try await ServedManager.ours(
            transport, redirection: "2>/dev/full", descriptors: descriptors,
            options: ["--log-level", "trace"])
        try await attack("exhausted", server, [String(descriptors)])
    }

    /// Each line to a log whose reader has ended raises SIGPIPE; one whose reader sleeps takes
    /// no more than a pipe's 64 KiB.
    @Test(arguments: ["head -n 1 >/dev/null", "exec sleep 600"])
    func aLogThatNobodyReadsHoldsNobodyUp(reader: String) async throws {
        let server = try await ServedManager.ours(
            .unix, redirection: "2> >(\(reader))",
            options: ["--log-level", "trace"] + Self.strangersMayTry)
        try await attack("unread", server)
    }
}

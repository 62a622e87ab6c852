import Foundation
import Testing

/// Random calls, which CPython's server and ours must answer alike.
@Suite(
    .serialized, .enabled("the command can serve") { await ServedManager.command() != nil })
struct DifferentialTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// How many calls are made: `DIFFERENTIAL_CALLS`.
    private static let calls = environment["DIFFERENTIAL_CALLS"] ?? "2000"
    /// `DIFFERENTIAL_SEED`, `random` for another one each time.
    private static let seed = environment["DIFFERENTIAL_SEED"] ?? "1"
    /// A run that nobody asked for ends in this many seconds, whether all calls are made or not.
    private static let seconds = environment["DIFFERENTIAL_CALLS"] == nil ? 60 : 7200

    @Test(arguments: Interpreter.wanted)
    func randomCallsComeToTheSameOnBothServers(version: String) async throws {
        guard let python = await Interpreter.find(version) else {
            try Test.cancel("no python\(version) here")
        }
        let lifetime = Self.seconds + 300
        let reference = try await ServedManager.reference(python, lifetime: lifetime)
        let server = try await ServedManager.ours(.unix)
        let script = Script(
            name: "differential",
            arguments: [
                reference.address, "--calls", Self.calls, "--seed", Self.seed,
                "--seconds", String(Self.seconds),
            ],
            limit: .seconds(lifetime))
        let transcript = try await script.run(with: python, on: server)
        let lines = transcript.calls.map(\.text)
        #expect(
            lines.last?.hasPrefix("done: 0 differences") == true,
            "\(lines.joined(separator: "\n"))")
    }
}

import Foundation
import Testing

/// Stock CPython clients against our server: they must see what CPython's own server shows them.
@Suite(
    .serialized, .enabled("the command can serve") { await ServedManager.command() != nil })
struct InteropTests {
    static let transports = ServedManager.Transport.allCases

    /// The interpreter, or the end of this case with the reason why.
    private func python(_ version: String) async throws -> Interpreter {
        guard let python = await Interpreter.find(version) else {
            try Test.cancel("no python\(version) here")
        }
        return python
    }

    /// Plays `script` on both servers and compares line by line. A line may also use the words of
    /// the newest CPython, which is how our server speaks, or stand in Expected/deviations.txt.
    private func compare(
        _ script: Script, _ version: String, _ transport: ServedManager.Transport
    ) async throws {
        let python = try await python(version)
        let model = try await script.run(with: python, on: ServedManager.reference(python))
        let server = try await ServedManager.ours(transport)
        let ours = try await script.run(with: python, on: server)
        #expect(server.isRunning || script.arguments.contains("shutdown"))
        let differences = ours.differences(
            from: model, or: .expected(script.name), allowing: Transcript.deviations)
        #expect(differences.isEmpty, "\(differences.prefix(50).joined(separator: "\n"))")
    }

    @Test(arguments: Interpreter.wanted, transports)
    func everyMethodDoesWhatCPythonDoes(
        version: String, transport: ServedManager.Transport
    ) async throws {
        try await compare(Script(name: "every_method"), version, transport)
    }

    @Test(arguments: Interpreter.wanted, transports)
    func theServersVerbsAnswerAsInCPython(
        version: String, transport: ServedManager.Transport
    ) async throws {
        try await compare(Script(name: "verbs", arguments: ["shutdown"]), version, transport)
    }

    @Test(arguments: Interpreter.wanted, transports)
    func hostedObjectsNest(version: String, transport: ServedManager.Transport) async throws {
        try await compare(Script(name: "nested"), version, transport)
    }

    @Test(arguments: Interpreter.wanted, transports)
    func callsThatWaitLoseNothing(version: String, transport: ServedManager.Transport) async throws
    {
        try await compare(Script(name: "blocking"), version, transport)
    }

    @Test(arguments: Interpreter.wanted, transports)
    func valuesOfEveryKindComeBackEqual(
        version: String, transport: ServedManager.Transport
    ) async throws {
        let python = try await python(version)
        let ours = try await Script(name: "opaque_values").run(
            with: python, on: ServedManager.ours(transport))
        #expect(ours.denials == [])
        #expect(!ours.calls.contains { $0.text.contains(" False") })
        #expect(ours.calls.last?.text == "done")
    }

    @Test(arguments: Interpreter.wanted, transports)
    func whatOnlyNewPythonsHaveIsThereForAll(
        version: String, transport: ServedManager.Transport
    ) async throws {
        let python = try await python(version)
        let ours = try await Script(name: "newer").run(
            with: python, on: ServedManager.ours(transport))
        #expect(ours.denials == [])
        #expect(ours.calls.last?.text == "done")
    }

    @Test(arguments: Interpreter.wanted, transports)
    func theDeadHarmNobody(version: String, transport: ServedManager.Transport) async throws {
        let python = try await python(version)
        let ours = try await Script(name: "deaths").run(
            with: python, on: ServedManager.ours(transport))
        #expect(ours.denials == [])
        #expect(ours.calls.last?.text == "done")
    }

    /// `HOSTILE_FRAMES` says how many random frames are sent.
    @Test(arguments: transports)
    func theHostileAreShownOut(transport: ServedManager.Transport) async throws {
        guard let python = await Interpreter.newest() else { try Test.cancel("no python here") }
        let server = try await ServedManager.ours(transport)
        let frames = ProcessInfo.processInfo.environment["HOSTILE_FRAMES"] ?? "10000"
        let script = Script(
            name: "hostile", arguments: [String(server.processIdentifier), frames],
            limit: .seconds(1800))
        let ours = try await script.run(with: python, on: server)
        #expect(ours.denials == [])
        #expect(ours.calls.last?.text == "done")
        #expect(server.isRunning)
    }
}

import Testing

/// CPython's own tests of managers, as each interpreter ships them, against our server.
@Suite(
    .serialized, .enabled("the command can serve") { await ServedManager.command() != nil })
struct CPythonSuiteTests {
    private static let ways = ServedManager.Transport.allCases.flatMap { transport in
        ["fork", "spawn"].map { (transport, $0) }
    }

    /// At least so many tests are there, of those that an external server can pass.
    private static let least = 50

    @Test(arguments: Interpreter.wanted, ways)
    func theyPass(version: String, way: (ServedManager.Transport, String)) async throws {
        guard let python = await Interpreter.find(version) else {
            try Test.cancel("no python\(version) here")
        }
        let script = Script(name: "cpython_suite", arguments: [way.1], limit: .seconds(900))
        let outcome = try await script.run(with: python, on: ServedManager.ours(way.0))
        let lines = outcome.calls.map(\.text)
        if lines == ["none here"] { try Test.cancel("\(python) comes without its tests") }
        let passed = lines.last?.split(separator: " ").first.flatMap { Int($0) } ?? 0
        let others = lines.dropLast().filter { line in
            ![": passed", ": left out: ", ": skipped: "].contains { line.contains($0) }
        }
        #expect(others == [])
        #expect(passed >= Self.least)
    }
}

import ChildPrograms
import Foundation
import Multiprocessing
import Testing

/// `manager bench` against our server and CPython's: every reply is right, and nothing is left.
@Suite(
    .serialized, .enabled("the command can serve") { await ServedManager.command() != nil })
struct BenchTests {
    static let operations = [
        "get", "set", "mixed", "queue-put", "queue-get", "queue", "lock", "null",
    ]

    private func bench(
        _ server: ServedManager, _ words: [String]
    ) async throws -> [String: Any] {
        let command = try #require(await ServedManager.command())
        let outcome = try await ChildProgram.run(
            command + ["bench"] + words + [server.address, "--authkey-file", server.keyFile]
                + ["--json", "--progress"],
            // A guard against one that never ends: a million keys take a while beside other tests.
            within: .seconds(600))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("warming up"))
        return try #require(
            JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    private func numberOfObjects(_ server: ServedManager) async throws -> Int {
        let manager = try await Manager.connect(
            to: SocketAddress(parsing: server.address),
            authkey: AuthenticationKey(contentsOf: server.keyFile))
        let count = try await manager.numberOfObjects()
        await manager.close()
        return count
    }

    private func measureAll(_ server: ServedManager) async throws {
        let before = try await numberOfObjects(server)
        for operation in Self.operations {
            let load = ["--connections", "2", "--tasks", "3", "--depth", "2", "--count", "120"]
            let report = try await bench(server, [operation] + load)
            #expect(report["operation"] as? String == operation)
            #expect(report["calls"] as? Int == 120)
            #expect(report["connections"] as? Int == 2)
        }
        #expect(try await numberOfObjects(server) == before)
    }

    @Test(arguments: InteropTests.transports)
    func eachOperationIsMeasuredAtOurServer(_ transport: ServedManager.Transport) async throws {
        try await measureAll(ServedManager.ours(transport))
    }

    @Test func eachOperationIsMeasuredAtCPythonsServer() async throws {
        guard let python = await Interpreter.newest() else { try Test.cancel("no python here") }
        try await measureAll(ServedManager.reference(python, lifetime: 120))
    }

    @Test func aMillionKeysAreNoTrouble() async throws {
        let report = try await bench(
            ServedManager.ours(.unix),
            ["get", "--keys", "1000000", "--value-size", "1", "--count", "1000"])
        #expect(report["keys"] as? Int == 1_000_000)
    }

    @Test func aServerThatIsNotThereIsAnErrorOfOneLine() async throws {
        let command = try #require(await ServedManager.command())
        let outcome = try await ChildProgram.run(
            command + ["bench", "get", "unix:///tmp/no-such.sock"], within: .seconds(60),
            environment: ["MANAGER_AUTHKEY": "key"])
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }
}

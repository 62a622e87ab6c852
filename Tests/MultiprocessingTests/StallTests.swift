import Foundation
import Multiprocessing
import Processes
import Testing

/// Clients that are held up by SIGSTOP, and come back: by then another has what they held, and what
/// they do late is refused.
@Suite(.timeLimit(.minutes(5)))
struct StallTests {
    private struct Place {
        let address: SocketAddress
        let key: AuthenticationKey
        let manager: Manager

        func start(_ deed: Holder.Deed) async throws -> LaunchedProcess {
            let child = try await LaunchedProcess.start(
                Holder(address: address.description, authkey: key.bytes, deed: deed))
            _ = try await child.link.receiveBytes()
            return child
        }
    }

    private func run(_ isTCP: Bool, _ body: (Place) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let server = try ManagerServer(
            at: [isTCP ? .tcp(host: "127.0.0.1", port: 0) : .unix(path: directory.file("s"))],
            authkey: key)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            defer { server.shutdown() }
            let manager = try await Manager.connect(to: server.addresses[0], authkey: key)
            try await body(Place(address: server.addresses[0], key: key, manager: manager))
            await manager.close()
        }
    }

    private func end(_ child: LaunchedProcess) async throws {
        SystemProcess(number: child.identifier).send(SIGKILL)
        _ = try await child.wait()
    }

    @Test(arguments: [false, true])
    func aStalledHolderThatComesBackIsRefusedByToken(isTCP: Bool) async throws {
        try await run(isTCP) { place in
            let manager = place.manager
            let lock = try await manager.lock(named: "lock")
            let journal = try await manager.list(of: String.self, named: "journal")
            let verdicts = try await manager.queue(of: String.self, named: "verdicts")
            let child = try await place.start(.writeUnderLease)
            let process = SystemProcess(number: child.identifier)
            let held = try await lock.fencingToken
            let first = try #require(held)

            process.send(SIGSTOP)
            // Nobody gives it back: the lease runs out.
            let token = try await lock.withLock(lease: .seconds(60), timeout: .seconds(60)) {
                token in
                try await journal.fenced(by: token).append("successor")
                // It comes back while another holds the lock, and believes that it does.
                process.send(SIGCONT)
                let verdict = try await verdicts.get(timeout: .seconds(60))
                #expect(verdict == "fenced")
                return token
            }
            #expect(first < token)
            // What it was told in the end.
            let outcome = try await verdicts.get(timeout: .seconds(60))
            #expect(outcome == "leaseLost")
            let lines: [String] = try await journal.getValue()
            #expect(lines == ["holder", "successor"])
            try await end(child)
        }
    }

    /// Over TCP a host is gone of which nothing is heard.
    @Test func whatASilentClientHeldIsFree() async throws {
        try await run(true) { place in
            let manager = place.manager
            let lock = try await manager.lock(named: "lock")
            let rlock = try await manager.rlock(named: "rlock")
            let child = try await place.start(.holdAndBeHeard)
            // As long as it says that it is there, it holds them.
            #expect(try await !lock.acquire(timeout: .seconds(2)))
            SystemProcess(number: child.identifier).send(SIGSTOP)
            #expect(try await lock.acquire(timeout: .seconds(60)))
            #expect(try await rlock.acquire(timeout: .seconds(60)))
            SystemProcess(number: child.identifier).send(SIGCONT)
            try await end(child)
        }
    }
}

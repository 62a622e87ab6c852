import ChildPrograms
import Connections
import Foundation
import Managers
import Sockets
import Testing

/// Stock Pythons hold leases, and are refused by tokens, beside Swift clients.
@Suite(.timeLimit(.minutes(10)))
struct PythonLeaseTests {
    private static let script = """
        import sys
        from multiprocessing.managers import AcquirerProxy, ListProxy, SyncManager

        class M(SyncManager):
            pass

        M.register('lock', proxytype=AcquirerProxy)
        M.register('journal', proxytype=ListProxy)
        with open(sys.argv[2], 'rb') as file:
            key = file.read()
        m = M(address=sys.argv[1], authkey=key)
        m.connect()
        lock, journal = m.lock(), m.journal()

        def told(call, *arguments):
            try:
                return call(*arguments)
            except Exception as error:
                return type(error).__name__, error.code

        print(lock.acquire(), lock.release())
        token = lock._callmethod('acquire_token', (True, None, 60))
        print(type(token).__name__, lock._callmethod('token') == token)
        print(lock._callmethod('acquire_token', (False,)), lock.acquire(False))
        print(journal._callmethod('#FENCED', (token, 'append', 'python')))
        print(lock._callmethod('renew_token', (token, 60.0)))
        print(lock._callmethod('release_token', (token,)))
        print(told(lock._callmethod, 'release_token', (token,)))
        print(told(lock._callmethod, 'renew_token', (token, 1)))
        younger = lock._callmethod('acquire_token', (), {'lease': 0.1})
        print(younger > token, lock.acquire(), lock.release())
        print(journal._callmethod('#FENCED', (younger, '__getitem__', 0)))
        print(told(journal._callmethod, '#FENCED', (token, 'append', 'too late')))
        print(journal[:])
        semaphore = m.BoundedSemaphore(1)
        token = semaphore._callmethod('acquire_token')
        print(semaphore.acquire(False), semaphore._callmethod('release_token', (token,)))
        print(m.Barrier(1)._callmethod('wait_token')[0])
        sys.stdout.flush()
        """

    private static let lines = [
        "True None", "int True", "None False", "None", "None", "None",
        "('RuntimeError', 'lease_lost')", "('RuntimeError', 'lease_lost')", "True True None",
        "python", "('PermissionError', 'fenced')", "['python']", "False None", "0",
    ]

    @Test(arguments: CPython.found)
    func aStockPythonHoldsALease(_ python: CPython) async throws {
        let shared = [("lock", "Lock"), ("journal", "list")]
        try await TestServer.ours(isTCP: false).run(shared: shared) { server in
            try Data(server.key.bytes).write(to: URL(fileURLWithPath: server.directory.file("k")))
            guard case .unix(let path) = server.address else { return }
            let output = try await python.run(
                ["-c", Self.script, path, server.directory.file("k")])
            #expect(output.split(separator: "\n").map(String.init) == Self.lines)
            // The Python has seen a young token there.
            let manager = try await server.connect()
            let journal = try await manager.list(of: String.self, shared: "journal")
            let old = FencingToken(1)
            #expect(await code { try await journal.fenced(by: old).append("") } == .fenced)
            await manager.close()
        }
    }
}

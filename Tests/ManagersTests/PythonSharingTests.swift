import ChildPrograms
import Connections
import Foundation
import Managers
import Pickle
import Sockets
import Testing

/// A Swift and a stock Python client of one server share its objects.
@Suite(.timeLimit(.minutes(10)))
struct PythonSharingTests {
    private struct Job: Codable, Hashable, Sendable {
        var name: String
        var pages: [Int]
        var cost: Double
        var owner: String?
    }

    private static let script = """
        import multiprocessing, sys, time
        from multiprocessing.managers import DictProxy, SyncManager

        class M(SyncManager):
            pass

        M.register('jobs', proxytype=DictProxy)
        with open(sys.argv[2], 'rb') as file:
            key = file.read()
        multiprocessing.current_process().authkey = key
        address = sys.argv[1]
        if ':' in address:
            host, port = address.rsplit(':', 1)
            address = (host, int(port))
        m = M(address=address, authkey=key)
        m.connect()
        jobs = m.jobs()
        print(jobs['a'] == {'name': 'print', 'pages': [1, 2], 'cost': 0.5, 'owner': None})
        jobs['b'] = {'name': 'scan', 'pages': [3], 'cost': 1, 'owner': 'bob', 'more': ()}
        inner = m.dict({'x': 1})
        jobs['c'] = {'proxy': inner}
        print('done', flush=True)
        time.sleep(120)
        """

    @Test(arguments: TestServer.swift, CPython.found)
    func whatOneWritesTheOtherReads(_ place: TestServer, _ python: CPython) async throws {
        try await place.run(shared: [("jobs", "dict")]) { server in
            let manager = try await server.connect()
            let jobs = try await manager.dict(String.self, Job.self, shared: "jobs")
            try await jobs.set(
                Job(name: "print", pages: [1, 2], cost: 0.5, owner: nil), forKey: "a")
            try Data(server.key.bytes).write(to: URL(fileURLWithPath: server.directory.file("k")))
            let address =
                switch server.address {
                case .tcp(let host, let port): "\(host):\(port)"
                case .unix(let path): path
                case .abstract: ""
                }
            let process = try ChildProgram([
                python.path, "-c", Self.script, address, server.directory.file("k"),
            ])
            #expect(try await process.line() == "True")
            #expect(try await process.line() == "done")
            #expect(
                try await jobs["b"] == Job(name: "scan", pages: [3], cost: 1, owner: "bob"))
            let nested = try await manager.dict(
                String.self, [String: DictProxy<String, Int>].self, shared: "jobs")
            let inner = try #require(try await nested["c"]?["proxy"])
            process.kill()
            #expect(try await inner["x"] == 1)
            await manager.close()
        }
    }
}

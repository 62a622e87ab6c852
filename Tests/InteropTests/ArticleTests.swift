import ChildPrograms
import Foundation
import Multiprocessing
import Testing

/// The code of the articles is the code below, in `ArticleTypes.swift` and in the like of both for
/// processes, and it works.
@Suite(.serialized) struct ArticleTests {
    /// Runs `body` with a place for a socket, and a key in a file.
    private func place(_ body: (_ socket: String, _ keyFile: String) async throws -> Void)
        async throws
    {
        let folder = try Folder.temporary()
        defer { try? FileManager.default.removeItem(at: folder) }
        let keyFile = folder.appending(path: "key").path
        let bytes = Data((0..<32).map { _ in UInt8.random(in: 0...255) })
        let isWritten = FileManager.default.createFile(
            atPath: keyFile, contents: bytes, attributes: [.posixPermissions: 0o600])
        try #require(isWritten)
        try await body(folder.appending(path: "s").path, keyFile)
    }

    @Test func theArticlesAreKnown() throws {
        #expect(try Article.there() == Article.names)
    }

    @Test(arguments: Article.names)
    func theirSwiftIsThatOfTheTests(_ name: String) throws {
        let sources = try [
            "ArticleTests", "ArticleTypes", "LeaseArticleTests", "ProcessArticleTests",
            "ProcessArticleTypes",
        ].map {
            try String(
                contentsOf: Folder.tests.appending(path: "\($0).swift"), encoding: .utf8)
        }.joined(separator: "\n").flushLeft
        for block in try Article(name).blocks("swift") where !sources.contains(block.flushLeft) {
            Issue.record("no test has this:\n\(block)")
        }
    }

    @Test(arguments: [
        "ComingFromPython", "LeasesAndLeadership", "RegisteringYourOwnType", "YourFirstManager",
    ])
    func theirPythonRuns(_ name: String) async throws {
        guard let python = await Interpreter.newest() else { try Test.cancel("no Python here") }
        let code = try Article(name).blocks("python").joined(separator: "\n")
        try await place { socket, keyFile in
            try await withManager(
                Offer(), at: .unix(path: socket),
                authkey: try AuthenticationKey(contentsOf: keyFile),
                shared: [
                    ("counter", "Counter"), ("jobs", "JoinableQueue"), ("journal", "list"),
                    ("leadership", "Lock"), ("squares", "dict"),
                ]
            ) { manager in
                let jobs = try await manager.joinableQueue(of: Int.self, shared: "jobs")
                try await jobs.put(3)
                let start = "address, authkey = '\(socket)', open('\(keyFile)', 'rb').read()\n"
                let outcome = try await ChildProgram.run(
                    [python.path, "-c", start + code], within: .seconds(60))
                #expect(outcome.status == 0, "\(outcome)")
            }
        }
    }

    // MARK: Your first manager

    @Test func aServerForOneProgram() async throws {
        try await withManager { manager in
            let squares = try await manager.dict(Int.self, Int.self)
            try await squares.set(9, forKey: 3)
            print(try await squares.copy())
        }
    }

    @Test func aServerThatOthersFind() async throws {
        try await place { socket, keyFile in
            let key = try AuthenticationKey(contentsOf: keyFile)
            let manager = try await Manager.start(
                at: .unix(path: socket), authkey: key,
                shared: [("jobs", "JoinableQueue"), ("squares", "dict")])
            let jobs = try await manager.joinableQueue(of: Int.self, shared: "jobs")
            for number in 1...10 { try await jobs.put(number) }

            try await withManager(connectedTo: .unix(path: socket), authkey: key) { manager in
                let jobs = try await manager.joinableQueue(of: Int.self, shared: "jobs")
                let squares = try await manager.dict(Int.self, Int.self, shared: "squares")
                while let number = try await jobs.getNoWait() {
                    try await squares.set(number * number, forKey: number)
                    try await jobs.taskDone()
                }
            }

            let squares = try await manager.dict(Int.self, Int.self, shared: "squares")
            #expect(try await squares.value(forKey: 10) == 100)
            try await jobs.join()
            try await manager.shutdown()
        }
    }

    @Test func whatMayFail() async throws {
        try await withManager { manager in
            let numbers = try await manager.queue(of: Int.self)
            do throws(ManagerError) {
                let number = try await numbers.get(timeout: .milliseconds(10))
                print("got", number)
            } catch {
                guard error.code == .timedOut else { throw error }
                print("nothing came")
            }
        }
    }

    // MARK: Registering your own type

    @Test func aTypeOfOnesOwn() async throws {
        try await withManager(Offer()) { manager in
            let maths = try await manager.create("Maths")
            let sum: Int = try await maths.call("add", 4, keywords: ["right": 3])
            #expect(sum == 7)
        }
    }

    @Test func aProxyOfOnesOwn() async throws {
        try await withManager(Offer()) { manager in
            let maths = try await manager.create("Maths", as: MathsProxy.self)
            let squares = try await maths.squares(3)
            try await squares.append(9)
            for try await number in try await maths.count(from: 5) {
                if number > 6 { break }
            }
            do throws(ManagerError) {
                _ = try await maths.divide(1, by: 0)
            } catch {
                print(error.exception?.name ?? "")
            }
            #expect(try await squares.elements() == [0, 1, 4, 9])
        }
    }

    @Test func aServerOfTypesOfOnesOwn() async throws {
        try await place { socket, keyFile in
            let key = try AuthenticationKey(contentsOf: keyFile)
            let serve = { @Sendable () async throws in
                var registry = Registry()
                Offer().register(in: &registry)
                let server = try ManagerServer(
                    at: [.unix(path: socket)], authkey: key, shared: [("counter", "Counter")],
                    registry: registry)
                try await server.run()
            }
            try await serving(serve, at: socket, key) { manager in
                let count: Int = try await manager.create("counter").call("increment", 2)
                #expect(count == 2)
            }
        }
    }

    /// Does something while a server runs.
    private func serving(
        _ serve: @escaping @Sendable () async throws -> Void, at socket: String,
        _ key: AuthenticationKey, _ body: (Manager) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await serve() }
            var manager: Manager?
            for _ in 0..<1000 where manager == nil {
                manager = try? await Manager.connect(to: .unix(path: socket), authkey: key)
                if manager == nil { try await Task.sleep(for: .milliseconds(10)) }
            }
            let found = try #require(manager)
            try await body(found)
            try await found.shutdown()
            try await group.waitForAll()
        }
    }

    // MARK: Coming from Python

    @Test func aManagerOfOnesOwn() async throws {
        let manager = try await Manager.start()
        try await manager.shutdown()
        try await withManager { m in
            print(try await m.dict(String.self, Int.self).copy())
        }
    }

    @Test func whatPythonDoes() async throws {
        try await place { socket, keyFile in
            let key = try AuthenticationKey(contentsOf: keyFile)
            let server = try await Manager.start(at: .unix(path: socket), authkey: key)
            let m = try await Manager.connect(to: .unix(path: socket), authkey: key)
            try await containers(m)
            try await queues(m)
            let config = try await m.dict(String.self, Int.self, named: "config")
            #expect(try await config.isEmpty)
            try await server.shutdown()
        }
    }

    private func containers(_ m: Manager) async throws {
        let d = try await m.dict(String.self, Int.self)
        try await d.set(1, forKey: "a")
        print(
            try await d.value(forKey: "a"), try await d["b"] as Any, try await d.contains("a"),
            try await d.count)
        try await d.remove("a")
        let l = try await m.list([3, 1, 2])
        try await l.append(4)
        try await l.sort(descending: true)
        print(try await l[0], try await l[1..<3], try await l[-1], try await l.elements())
        #expect(try await l.elements() == [4, 3, 2, 1])

        let lock = try await m.lock()
        try await lock.withLock {
            try await d.set(try await d.get("n", default: 0) + 1, forKey: "n")
        }
        let ready = try await m.condition()
        try await ready.withLock {
            try await ready.wait(timeout: .seconds(1)) { try await d.contains("n") }
            try await ready.notifyAll()
        }
        #expect(try await d.copy() == ["n": 1])
        _ = try await m.dict(String.self, ListProxy<Int>.self)
    }

    private func queues(_ m: Manager) async throws {
        let q = try await m.queue(of: String.self, maxsize: 10)
        try await q.put("job")
        print(try await q.get(timeout: .seconds(1)))
        if try await q.getNoWait() == nil {
            print("empty")
        }
    }

    @Test func aServerOfItsOwn() async throws {
        try await place { socket, keyFile in
            let key = try AuthenticationKey(contentsOf: keyFile)
            let serve = { @Sendable () async throws in
                let server = try ManagerServer(
                    at: [.unix(path: socket)], authkey: key, shared: [("jobs", "Queue")])
                try await server.run()
            }
            try await serving(serve, at: socket, key) { manager in
                let jobs = try await manager.queue(of: Int.self, shared: "jobs")
                #expect(try await jobs.isEmpty)
            }
        }
    }

    @Test func partOfATypeMayBeOffered() throws {
        var registry = Registry()
        registry.register("Maths", Maths.init) {
            $0.expose("add", Maths.add, arguments: ["left", Parameter("right", default: 1)])
            $0.expose("squares", Maths.squares, as: "list")
        }
        _ = try ManagerServer(
            at: [.tcp(host: "127.0.0.1", port: 0)], authkey: .generate(), registry: registry)
    }
}

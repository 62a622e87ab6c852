import Connections
import Foundation
import Managers
import Pickle
import Sockets
import Testing

/// Types of one's own, hosted by our server and called from Swift and from stock Python.
@Suite(.timeLimit(.minutes(10)))
struct RegistryTests {
    private struct Point: Codable, Sendable, Equatable {
        var x: Int
        var y: Int
    }

    private struct Odd: Error, CustomStringConvertible {
        let description: String
    }

    private final class Maths: Sendable {
        let base: Int

        init(base: Int?) throws {
            guard base ?? 0 >= 0 else { throw Odd(description: "a base below zero") }
            self.base = base ?? 0
        }

        func add(_ left: Int, _ right: Int) -> Int { base + left + right }
        func mirror(_ point: Point) -> Point { Point(x: point.y, y: point.x) }
        func root(of number: Double) throws -> Double {
            guard number >= 0 else { throw Odd(description: "no root of \(number)") }
            return number.squareRoot()
        }
        func find(_ name: String) throws -> Int {
            throw RaisedException("KeyError", name)
        }
        func rest(_ milliseconds: Int) async throws {
            try await Task.sleep(for: .milliseconds(milliseconds))
        }
    }

    private actor Counter {
        private var count = 0

        func increment(by step: Int) -> Int {
            count += step
            return count
        }
    }

    private static func registry() -> Registry {
        var registry = Registry()
        registry.register("Maths", Maths.init) {
            $0.expose("add", Maths.add)
            $0.expose("mirror", Maths.mirror)
            $0.expose("root", Maths.root)
            $0.expose("find", Maths.find)
            $0.expose("rest", Maths.rest)
        }
        let counter = Counter()
        let theCounter = { @Sendable () -> Counter in counter }
        registry.register("counter", theCounter) {
            $0.expose("increment") { (counter: Counter, step: Int) in
                await counter.increment(by: step)
            }
        }
        return registry
    }

    private func run(
        _ place: TestServer, _ body: (Manager) async throws -> Void
    ) async throws {
        try await place.run(registry: Self.registry()) { server in
            let manager = try await server.connect()
            try await body(manager)
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func methodsAreCalledByName(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            #expect(maths.reference.exposed == ["add", "mirror", "root", "find", "rest"])
            let sum: Int = try await maths.call("add", 4, 3)
            #expect(sum == 7)
            let mirrored: Point = try await maths.call("mirror", Point(x: 1, y: 2))
            #expect(mirrored == Point(x: 2, y: 1))
            let root: Double = try await maths.call("root", 6.25)
            #expect(root == 2.5)
            try await maths.call("rest", 0)
            let other = try await manager.create("Maths", 100)
            let more: Int = try await other.call("add", 4, 3)
            #expect(more == 107)
        }
    }

    @Test(arguments: TestServer.swift)
    func anObjectMayBeShared(_ place: TestServer) async throws {
        try await run(place) { manager in
            let first = try await manager.create("counter")
            let second = try await manager.create("counter")
            let once: Int = try await first.call("increment", 2)
            let twice: Int = try await second.call("increment", 3)
            #expect(once == 2 && twice == 5)
        }
    }

    @Test(arguments: TestServer.swift)
    func whatIsThrownArrives(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            let names = [
                await exception { let _: Double = try await maths.call("root", -1.0) },
                await exception { let _: Int = try await maths.call("find", "x") },
                await exception { let _: Int = try await maths.call("add", 1) },
                await exception { let _: Int = try await maths.call("add", 1, 2, 3) },
                await exception { let _: Int = try await maths.call("add", 1, "2") },
            ]
            #expect(names == ["RuntimeError", "KeyError", "TypeError", "TypeError", "TypeError"])
            await #expect(throws: ManagerError.self) { try await manager.create("Maths", -1) }
            let sum: Int = try await maths.call("add", 1, 2)
            #expect(sum == 3)
        }
    }

    @Test(arguments: TestServer.swift)
    func aSlowMethodKeepsNobodyWaiting(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            let slow = Task { () -> Void in
                let _: Int? = try await maths.callWaiting("rest", 600_000)
            }
            let sum: Int = try await maths.call("add", 4, 3)
            #expect(sum == 7)
            #expect(try await manager.list([1]).count == 1)
            slow.cancel()
            _ = await slow.result
        }
    }

    @Test(arguments: TestServer.swift)
    func anObjectIsGoneWithItsLastProxy(_ place: TestServer) async throws {
        try await run(place) { manager in
            let before = try await manager.numberOfObjects()
            var maths: ObjectProxy? = try await manager.create("Maths")
            #expect(try await manager.numberOfObjects() == before + 1)
            _ = maths?.token
            maths = nil
            try await eventually { try await manager.numberOfObjects() == before }
        }
    }

    private static let script = """
        import sys
        from multiprocessing.managers import BaseManager, RemoteError

        class M(BaseManager):
            pass

        M.register('Maths')
        M.register('counter')
        with open(sys.argv[2], 'rb') as file:
            key = file.read()
        m = M(address=sys.argv[1], authkey=key)
        m.connect()
        maths = m.Maths(10)
        print(maths.add(4, 3), maths.mirror({'x': 1, 'y': 2}), maths.root(6.25), maths.rest(0))
        for name, arguments in ('root', (-1,)), ('find', ('x',)), ('add', (1,)), ('add', (1, 'b')):
            try:
                getattr(maths, name)(*arguments)
            except Exception as error:
                print(repr(error))
        try:
            m.Maths(-1)
        except RemoteError as error:
            print('below zero' in str(error))
        print(m.counter().increment(2), m.counter().increment(3), 'Maths object' in str(maths))
        """

    @Test(arguments: Python.found)
    func stockPythonCallsThem(_ python: Python) async throws {
        try await TestServer.ours(isTCP: false).run(registry: Self.registry()) { server in
            try Data(server.key.bytes).write(to: URL(fileURLWithPath: server.directory.file("k")))
            guard case .unix(let path) = server.address else { return }
            let said = try await python.run([
                "-c", Self.script, path, server.directory.file("k"),
            ])
            #expect(
                said == """
                    17 {'x': 2, 'y': 1} 2.5 None
                    RuntimeError('no root of -1.0')
                    KeyError('x')
                    TypeError('add() is missing argument 2')
                    TypeError("add() argument 2: found Python's str")
                    True
                    2 5 True
                    """)
        }
    }

    @Test func aTypeidOfPythonsIsTaken() throws {
        var registry = Registry()
        registry.register("dict", Maths.init) { _ in }
        let directory = try TemporaryDirectory()
        #expect(throws: ManagerError.self) {
            try ManagerServer(
                at: [.unix(path: directory.file("s"))], authkey: .generate(), registry: registry)
        }
    }
}

import ChildPrograms
import Connections
import Foundation
import Managers
import Sockets
import Testing

/// Types of one's own, hosted by our server and called from stock Python.
@Suite(.timeLimit(.minutes(10)))
struct RegistryPythonTests {
    /// A stock Python client of a server with these types, and what it printed.
    private func said(
        _ python: CPython, _ script: String, shared: [(name: String, typeid: String)] = [],
        registry: Registry = OwnTypes.registry(),
        _ meanwhile: (RunningServer) async throws -> Void = { _ in }
    ) async throws -> String {
        var said = ""
        let place = TestServer.ours(isTCP: false)
        try await place.run(shared: shared, registry: registry) { server in
            try Data(server.key.bytes).write(to: URL(fileURLWithPath: server.directory.file("k")))
            guard case .unix(let path) = server.address else { return }
            async let output = python.run([
                "-c", Self.head + script, path, server.directory.file("k"),
            ])
            try await meanwhile(server)
            said = try await output
        }
        return said
    }

    private static let head = """
        import gc, sys, threading
        from multiprocessing.managers import *
        from multiprocessing.managers import BarrierProxy, IteratorProxy, RemoteError

        class M(SyncManager):
            pass

        for name in 'Maths', 'Card', 'Counter', 'total', 'shared':
            M.register(name)
        M.register('Start', proxytype=BarrierProxy)
        with open(sys.argv[2], 'rb') as file:
            key = file.read()
        m = M(address=sys.argv[1], authkey=key)
        m.connect()

        def tried(function, *arguments, **keywords):
            try:
                return function(*arguments, **keywords)
            except Exception as error:
                return repr(error) + getattr(error, 'swift_type', '')


        """

    @Test(arguments: CPython.found)
    func methodsAreCalled(_ python: CPython) async throws {
        let script = """
            maths = m.Maths(10)
            print(maths.add(4, 3), maths.mirror({'x': 1, 'y': 2}), maths.root(6.25))
            print(maths.rest(0))
            print(maths.add(4, right=3), maths.add(right=3, left=4), m.Maths(base=1).add(1, 1))
            print(maths.scale(5), maths.scale(5, 3), maths.scale(5, more=1))
            for name, arguments in ('root', (-1,)), ('find', ('x',)), ('add', (1,)):
                print(tried(getattr(maths, name), *arguments))
            print(tried(maths.add, 1, 'b'))
            print(tried(maths.add, 1, 2, 3))
            print(tried(maths.add, 1, lef=3)[41:])
            print(tried(maths.root, of=3))
            print('below zero' in tried(m.Maths, -1))
            print(maths, repr(maths).startswith("<AutoProxy[Maths] object, typeid 'Maths' at"))
            print(m.Card('Ada')._getvalue(), 'Card object' in str(m.Card('Ada')))
            print('cannot pickle' in tried(maths._getvalue))
            print("not in exposed={'add', " in tried(maths._callmethod, 'nothing'))
            """
        let lines = try await said(python, script)
        #expect(
            lines == """
                17 {'x': 2, 'y': 1} 2.5
                None
                17 17 3
                10 15 11
                RuntimeError('no root of -1.0')Odd
                KeyError('x')
                TypeError("Maths.add() missing 1 required positional argument: 'right'")
                TypeError("Maths.add() argument 'right': found Python's str")
                TypeError('Maths.add() takes 3 positional arguments but 4 were given')
                keyword argument 'lef'. Did you mean 'left'?")
                TypeError('Maths.root() takes no keyword arguments')
                True
                Maths from 10 True
                {'name': 'Ada'} True
                True
                True
                """)
    }

    @Test(arguments: CPython.found)
    func resultsMayBeProxies(_ python: CPython) async throws {
        let script = """
            maths = m.Maths(1)
            other = maths.shifted(10)
            print(type(other).__name__, other.add(4, 3), other.shifted(100).add(0, 0))
            table = maths.table(5)
            table.append(20)
            print(type(table).__name__, table[1:], len(table))
            walk = maths.squares(3)
            print(type(walk).__name__, next(walk), next(walk), [next(walk) for _ in range(3)])
            walk.close()
            print(list(walk))
            m.Card('x')
            del other, table, walk
            gc.collect()  # 3.12 keeps the end of a walk in a circle
            print(m._number_of_objects())
            """
        let lines = try await said(python, script)
        #expect(
            lines == """
                AutoProxy[Maths] 18 111
                ListProxy [10, 15, 20] 4
                IteratorProxy 9 16 [25, 36, 49]
                []
                1
                """)
    }

    @Test(arguments: CPython.found)
    func proxiesAreValues(_ python: CPython) async throws {
        let script = """
            import multiprocessing
            multiprocessing.current_process().authkey = key
            both = m.dict()
            both['ten'] = m.Maths(10)
            both['walk'] = m.Maths().squares(3)
            ten = both['ten']
            print(type(ten).__name__, ten.add(4, 3), next(both['walk']), next(both['walk']))
            """
        let lines = try await said(python, script)
        #expect(lines == "AutoProxy[Maths] 17 9 16")
    }

    @Test(arguments: CPython.found)
    func objectsMayHaveNames(_ python: CPython) async throws {
        let script = """
            print(m.total().increment(2), m.total().increment(3))
            named = m.shared('Counter', 'total')
            print(named.increment(1), m.shared('Counter', 'mine').increment(1))
            """
        #expect(
            try await said(python, script, shared: [("total", "Counter")]) == "2 5\n6 1")
    }

    @Test(arguments: CPython.found)
    func partiesInPythonAndSwiftMeetAtABarrierWithAnAction(_ python: CPython) async throws {
        let tally = OwnTypes.Tally()
        var registry = Registry()
        registry.registerBarrier("Barrier3", parties: 3) { tally.add() }
        let script = """
            start = m.Start()
            indices = []
            waiter = threading.Thread(target=lambda: indices.append(start.wait()))
            waiter.start()
            indices.append(start.wait())
            waiter.join()
            print(len(set(indices)), start.parties, start.broken)
            """
        let output = try await said(
            python, script, shared: [("Start", "Barrier3")], registry: registry
        ) { server in
            let manager = try await server.connect()
            let start = try await manager.create("Start", as: BarrierProxy.self)
            try await start.wait()
            #expect(tally.count == 1)
            await manager.close()
        }
        #expect(output == "2 3 False")
        #expect(tally.count == 1)
    }

    @Test(arguments: CPython.found)
    func aMethodWhoseCallerWasKilledIsCancelled(_ python: CPython) async throws {
        let cancelled = OwnTypes.Tally()
        let registry = OwnTypes.registry(cancelled: cancelled)
        let script = """
            import os, time
            M.register('Slow')
            slow = m.Slow()
            threading.Thread(target=slow.rest, daemon=True).start()
            time.sleep(0.2)
            os.kill(os.getpid(), 9)
            """
        _ = try await said(python, script, registry: registry) { _ in
            try await eventually { cancelled.count == 1 }
        }
        #expect(cancelled.count == 1)
    }
}

import Multiprocessing

// What the page says of managers and proxies.
extension Tour {
    /// Python: `Global = manager.Namespace(); Global.x = 10; Global.y = 'hello'`
    func namespaces() async throws {
        try await withManager { manager in
            let global = try await manager.namespace()
            try await global.set("x", to: 10)
            try await global.set("y", to: "hello")
            print(try await global.str())
        }
    }

    /// Python: `MyManager.register('Maths', MathsClass)`
    func ownTypes() async throws {
        try await withManager(OwnTypes()) { manager in
            let maths = try await manager.create("Maths")
            print(try await maths.call("add", 4, 3) as Int)
            print(try await maths.call("mul", 7, 8) as Int)
        }
    }

    /// Python: `QueueManager.register('get_queue', callable=lambda: queue)`, and a server, two
    /// clients and a local process that use it.
    func remoteQueue() async throws {
        let key = try AuthenticationKey(Array("abracadabra".utf8))
        let server = try await Manager.start(
            at: .tcp(host: "127.0.0.1", port: 0), authkey: key,
            shared: [(name: "get_queue", typeid: "Queue")])
        let first = try await Manager.connect(to: server.address, authkey: key)
        let second = try await Manager.connect(to: server.address, authkey: key)
        let queue = try await first.queue(of: String.self, shared: "get_queue")
        try await queue.put("hello")
        print(try await second.queue(of: String.self, shared: "get_queue").get())

        // The key that children have is this process's.
        ChildProcess.current.authkey = key
        let child = ChildProcess(LocalHello(queue: queue), context: ProcessContext(.spawn))
        try await child.start()
        print(try await queue.get())
        try await child.join()
        await second.close()
        await first.close()
        try await server.shutdown()
    }

    /// Python: `l = manager.list([i*i for i in range(10)]); print(l); print(repr(l)); l[4]; l[2:5]`
    func proxies() async throws {
        try await withManager { manager in
            let list = try await manager.list((0..<10).map { $0 * $0 })
            print(try await list.str())
            print(list.description.prefix { $0 != "0" } + "0x...>")
            print(try await list.get(4))
            print(try await list[2..<5])
        }
    }

    /// Python: `a = manager.list(); b = manager.list(); a.append(b)`
    func nestedProxies() async throws {
        try await withManager { manager in
            let a = try await manager.list(of: ListProxy<String>.self)
            let b = try await manager.list(of: String.self)
            try await a.append(b)
            try await b.append("hello")
            print(try await a.get(0).str(), try await b.str())

            var dicts: [DictProxy<String, Int>] = []
            for _ in 0..<2 { dicts.append(try await manager.dict(String.self, Int.self)) }
            let outer = try await manager.list(dicts)
            let inner = try await outer.get(0)
            try await inner.set(1, forKey: "a")
            try await inner.set(2, forKey: "b")
            try await outer.get(1).set(3, forKey: "c")
            try await outer.get(1).set(26, forKey: "z")
            print(try await outer.get(0).str())
            print(try await outer.get(1).str())
        }
    }
}

struct OwnTypes: ManagerSetup {
    func register(in registry: inout Registry) {
        registry.register("Maths", Maths.init) {
            $0.expose("add", Maths.add)
            $0.expose("mul", Maths.mul)
        }
    }
}

final class Maths: Sendable {
    func add(_ left: Int, _ right: Int) -> Int { left + right }
    func mul(_ left: Int, _ right: Int) -> Int { left * right }
}

struct LocalHello: ProcessTarget {
    let queue: QueueProxy<String>

    func run() async throws { try await queue.put("local hello") }
}

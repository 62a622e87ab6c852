import Connections
import Foundation
import Multiprocessing
import Testing

/// Proxies in the targets of children, and through pipes and queues.
@Suite(.timeLimit(.minutes(5)))
struct TravellingProxyTests {
    /// Works with what it was given, as it was given to its parent.
    struct Visitor: ProcessTarget {
        let dict: DictProxy<String, Int>
        let lock: LockProxy
        let answers: QueueProxy<String>

        func run() async throws {
            try await lock.withLock {
                let count = try await dict.get("count") ?? 0
                try await dict.set(count + 1, forKey: "count")
            }
            try await answers.put(ChildProcess.current.name)
        }
    }

    /// The same by a thread, as in a process that was forked.
    struct BlockingVisitor: SynchronousProcessTarget {
        let dict: DictProxy<String, Int>
        let lock: LockProxy
        let answers: QueueProxy<String>

        func run() throws {
            for _ in 0..<20 {
                let _: Bool = try lock.blocking.call("acquire")
                let count: Int = try dict.blocking.call("get", "count", 0)
                try dict.blocking.call("__setitem__", "count", count + 1)
                try lock.blocking.call("release")
            }
            try answers.blocking.call("put", ChildProcess.current.name)
        }
    }

    /// Gets a proxy through its pipe, and one through a queue, and keeps them.
    struct Receiver: ProcessTarget {
        let pipe: Connection
        let queue: ProcessQueue<ListProxy<Int>>

        func run() async throws {
            let first = try await pipe.receive(ListProxy<Int>.self)
            let second = try await queue.get()
            try await first.append(2)
            try await second.append(20)
            try await pipe.send("changed")
            // The parent has given its own back.
            _ = try await pipe.receive(String.self)
            let both: [[Int]] = [try await first.getValue(), try await second.getValue()]
            try await pipe.send(both)
        }
    }

    @Test(arguments: [StartMethod.spawn, .forkserver])
    func proxiesInATargetAreTheSameObjects(_ method: StartMethod) async throws {
        try await withManager { manager in
            let visitor = Visitor(
                dict: try await manager.dict(String.self, Int.self),
                lock: try await manager.lock(), answers: try await manager.queue(of: String.self))
            let children = (0..<3).map { _ in ProcessContext(method).process(visitor) }
            for child in children { try await child.start() }
            var names: Set<String> = []
            for _ in children { names.insert(try await visitor.answers.get()) }
            for child in children { try await child.join() }
            #expect(names == Set(children.map(\.name)))
            #expect(try await visitor.dict.get("count") == 3)
        }
    }

    /// A forked process has no threads of Swift's pool: what a blocking call needs runs elsewhere.
    @Test(arguments: StartMethod.allCases, [nil, SocketAddress.tcp(host: "127.0.0.1", port: 0)])
    func threadsOfChildrenUseThemToo(_ method: StartMethod, _ place: SocketAddress?) async throws {
        try await withManager(at: place) { manager in
            let visitor = BlockingVisitor(
                dict: try await manager.dict(String.self, Int.self),
                lock: try await manager.lock(), answers: try await manager.queue(of: String.self))
            let children = (0..<3).map { _ in ProcessContext(method).process(visitor) }
            for child in children { try await child.start() }
            for child in children {
                #expect(try await child.join(timeout: .seconds(60)))
                #expect(try child.exitCode == 0)
            }
            #expect(try await visitor.answers.count == 3)
            #expect(try await visitor.dict.get("count") == 60)
        }
    }

    /// Adds to a shared total, as a thread or as a task.
    struct Adding: PoolTask {
        let total: DictProxy<String, Int>
        let lock: LockProxy
        let isBlocking: Bool

        func callAsFunction(_ number: Int) async throws -> Int {
            if isBlocking {
                let _: Bool = try lock.blocking.call("acquire")
                let sum: Int = try total.blocking.call("get", "sum", 0)
                try total.blocking.call("__setitem__", "sum", sum + number)
                try lock.blocking.call("release")
            } else {
                try await lock.withLock {
                    let sum = try await total.get("sum", default: 0)
                    try await total.set(sum + number, forKey: "sum")
                }
            }
            return number
        }
    }

    @Test(arguments: StartMethod.allCases, [false, true])
    func workersOfPoolsUseThemToo(_ method: StartMethod, isBlocking: Bool) async throws {
        try await withManager { manager in
            let adding = Adding(
                total: try await manager.dict(String.self, Int.self),
                lock: try await manager.lock(), isBlocking: isBlocking)
            let numbers = Array(1...50)
            let done = try await withProcessPool(processes: 2, context: ProcessContext(method)) {
                try await $0.map(adding, over: numbers)
            }
            #expect(done == numbers)
            #expect(try await adding.total.get("sum") == numbers.reduce(0, +))
        }
    }

    @Test func aProxyThatWasSentKeepsItsObject() async throws {
        try await withManager { manager in
            let (here, there) = try Connection.pipe()
            let queue = try ProcessQueue<ListProxy<Int>>()
            let child = ChildProcess(Receiver(pipe: there, queue: queue))
            try await child.start()
            var first: ListProxy<Int>? = try await manager.list([1])
            var second: ListProxy<Int>? = try await manager.list([10])
            if let first { try await here.send(first) }
            if let second { try await queue.put(second) }
            #expect(try await here.receive(String.self) == "changed")
            (first, second) = (nil, nil)
            // The child's counts keep both.
            while try await manager.numberOfObjects() > 2 {}
            try await here.send("go on")
            #expect(try await here.receive([[Int]].self) == [[1, 2], [10, 20]])
            try await child.join()
            #expect(try child.exitCode == 0)
        }
    }

    @Test func withinOneProcessItBelongsToTheSameManager() async throws {
        try await withManager { manager in
            let (here, there) = try Connection.pipe()
            let list = try await manager.list([1])
            try await here.send(list)
            let other = try await there.receive(ListProxy<Int>.self)
            #expect(other == list && other.manager === manager)
        }
    }

    @Test func anotherKeyOpensNothing() async throws {
        let key = try AuthenticationKey(Array("another".utf8))
        let manager = try await Manager.start(authkey: key)
        let visitor = Visitor(
            dict: try await manager.dict(String.self, Int.self), lock: try await manager.lock(),
            answers: try await manager.queue(of: String.self))
        let child = ChildProcess(visitor)
        try await child.start()
        try await child.join()
        #expect(try child.exitCode == 1)
        try await manager.shutdown()
    }
}

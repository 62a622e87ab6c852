import ArgumentParser
import Multiprocessing

/// The examples of the first part of CPython's page on `multiprocessing`, one after the other.
@main
struct Tour: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the first examples of CPython's page on multiprocessing.")

    @Argument(help: "How processes are started: spawn, forkserver or fork.")
    var method = "spawn"

    func run() async throws {
        guard let method = StartMethod.all.first(where: { $0.rawValue == method }) else {
            throw ValidationError("there is no start method \(method)")
        }
        try StartMethod.set(method)
        try await poolOfWorkers()
        try await greeting()
        try await whoIsWho()
        try await context(method)
        try await exchangingObjects()
        try await synchronization()
        try await sharedMemory()
        try await serverProcess()
        try await moreOfPools()
        try await runningHere()
        try await lifeOfAProcess()
        try await pipes()
        try await counting()
        try await structures()
        try await namespaces()
        try await ownTypes()
        try await remoteQueue()
        try await proxies()
        try await nestedProxies()
        try await poolObjects()
    }

    /// Python: `with Pool(5) as p: print(p.map(f, [1, 2, 3]))`
    private func poolOfWorkers() async throws {
        try await withProcessPool(processes: 5) { pool in
            print(try await pool.map(Square(), over: [1, 2, 3]))
        }
    }

    /// Python: `p = Process(target=f, args=('bob',)); p.start(); p.join()`
    private func greeting() async throws {
        let child = ChildProcess(Greet(name: "bob"))
        try await child.start()
        try await child.join()
    }

    private func exchangingObjects() async throws {
        let queue = try ProcessQueue<PickleValue>()
        let putter = ChildProcess(Put(queue: queue))
        try await putter.start()
        print(try await queue.get().repr())
        try await putter.join()

        let (here, there) = try Connection.pipe()
        let sender = ChildProcess(Send(connection: there))
        try await sender.start()
        print(try await here.receive(PickleValue.self).repr())
        try await sender.join()
    }

    /// Python: ten processes that print under one lock.
    private func synchronization() async throws {
        let lock = try Lock()
        let children = (0..<10).map { ChildProcess(Say(lock: lock, number: $0)) }
        for child in children { try await child.start() }
        for child in children { try await child.join() }
    }

    /// Python: `num = Value('d', 0.0); arr = Array('i', range(10))`
    private func sharedMemory() async throws {
        let number = try SharedValue(0.0)
        let numbers = try SharedArray([Int32](0..<10))
        let child = ChildProcess(Change(number: number, numbers: numbers))
        try await child.start()
        try await child.join()
        print(try await number.get())
        print(try await numbers.elements())
    }

    /// Python: `with Manager() as manager: d = manager.dict(); l = manager.list(range(10))`
    private func serverProcess() async throws {
        try await withManager { manager in
            let dict = try await manager.dict(PickleValue.self, PickleValue.self)
            let list = try await manager.list(Array(0..<10))
            // A forked process has no tasks, and so no proxies that wait by them.
            let child = ChildProcess(
                Fill(dict: dict, list: list),
                context: method == "fork" ? ProcessContext(.spawn) : .default)
            try await child.start()
            try await child.join()
            print(try await dict.str())
            print(try await list.str())
        }
    }

    private func moreOfPools() async throws {
        try await withProcessPool(processes: 4) { pool in
            print(try await pool.map(Square(), over: 0..<10))
            var all: [Int] = []
            for try await square in pool.imapUnordered(Square(), over: 0..<10) {
                all.append(square)
            }
            print(all.sorted())
            print(try await pool.applyAsync(Square(), to: 20).get(timeout: .seconds(60)))
            let workers = try (0..<4).map { try pool.applyAsync(WhoDoesIt(), to: $0) }
            var names: [String] = []
            for worker in workers { names.append(try await worker.get(timeout: .seconds(60))) }
            print(
                names.count, "results of", Set(names).count > 4 ? "too many" : "at most 4",
                "workers")
            let slow = try pool.applyAsync(Spin(), to: 5)
            do throws(ProcessError) {
                _ = try await slow.get(timeout: .milliseconds(50))
            } catch {
                guard error.code == .timedOut else { throw error }
                print("We lacked patience and got a multiprocessing.TimeoutError")
            }
            print("For the moment, the pool remains available for more work")
        }
        print("Now the pool is closed and no longer available")
    }
}

/// Python: `d[1] = '1'; d['2'] = 2; d[0.25] = None; l.reverse()`
struct Fill: ProcessTarget {
    let dict: DictProxy<PickleValue, PickleValue>
    let list: ListProxy<Int>

    func run() async throws {
        try await dict.set("1", forKey: 1)
        try await dict.set(2, forKey: "2")
        try await dict.set(nil, forKey: 0.25)
        try await list.reverse()
    }
}

struct Square: PoolTask {
    func callAsFunction(_ number: Int) -> Int { number * number }
}

/// Python: `os.getpid()`
struct WhoDoesIt: PoolTask {
    func callAsFunction(_ number: Int) -> String { ChildProcess.current.name }
}

/// Takes its seconds, and holds its worker up.
struct Spin: PoolTask {
    func callAsFunction(_ seconds: Int) -> Int {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {}
        return seconds
    }
}

struct Greet: SynchronousProcessTarget {
    let name: String

    func run() { print("hello", name) }
}

struct Put: SynchronousProcessTarget {
    let queue: ProcessQueue<PickleValue>

    func run() throws {
        try queue.blocking.put(.list([42, .none, "hello"]))
        try queue.blocking.joinFeeder()
    }
}

struct Send: SynchronousProcessTarget {
    let connection: Connection

    func run() throws {
        try connection.blocking().send(PickleValue.list([42, .none, "hello"]))
    }
}

struct Say: SynchronousProcessTarget {
    let lock: Lock
    let number: Int

    func run() throws {
        try lock.blocking.withLock { print("hello world", number) }
    }
}

struct Change: SynchronousProcessTarget {
    let number: SharedValue<Double>
    let numbers: SharedArray<Int32>

    func run() throws {
        try number.blocking.withLock { $0 = 3.1415927 }
        try numbers.blocking.withLock { numbers in
            for index in numbers.indices { numbers[index] = -numbers[index] }
        }
    }
}

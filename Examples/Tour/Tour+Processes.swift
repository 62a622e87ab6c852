import Multiprocessing

// What the page says of `Process`, contexts and `Pipe`.
extension Tour {
    /// Python: `info('main line'); p = Process(target=f, args=('bob',))`
    func whoIsWho() async throws {
        try Info(title: "main line").run()
        let child = ChildProcess(Info(title: "function f"))
        try await child.start()
        try await child.join()
    }

    /// Python: `ctx = mp.get_context('spawn'); q = ctx.Queue(); p = ctx.Process(target=foo, …)`
    func context(_ method: StartMethod) async throws {
        let context = ProcessContext(method)
        let queue = try context.queue(of: String.self)
        let child = context.process(PutHello(queue: queue))
        try await child.start()
        print(try await queue.get())
        try await child.join()
    }

    /// Python: `p = Process(target=print, args=[1]); p.run()`
    func runningHere() async throws {
        try await ChildProcess(Say1()).run()
    }

    /// Python: `p = Process(target=time.sleep, args=(1000,)); print(p, p.is_alive())`
    func lifeOfAProcess() async throws {
        let child = ChildProcess(Sleep(seconds: 1000))
        func look() throws {
            let status = child.description.split(separator: " ").dropFirst().filter { word in
                !["name=", "pid=", "parent="].contains { word.hasPrefix($0) }
            }
            print("<Process ...", status.joined(separator: " "), try child.isAlive)
        }
        try look()
        try await child.start()
        try look()
        try child.terminate()
        try await child.join()
        try look()
        print(try child.exitCode == -15)
    }

    /// Python: `a, b = Pipe(); a.send([1, 'hello', None]); b.recv()`
    func pipes() async throws {
        let (a, b) = try Connection.pipe()
        try await a.send(PickleValue.list([1, "hello", .none]))
        print(try await b.receive(PickleValue.self).repr())
        try await b.sendBytes(Array("thank you".utf8))
        print(String(decoding: try await a.receiveBytes(), as: UTF8.self))
        let first: [UInt8] = [0, 1, 2, 3, 4]
        var second = [UInt8](repeating: 0, count: 10)
        try await a.sendBytes(first)
        let count = try await b.receiveBytes(into: &second)
        print(count, second)
    }
}

struct Info: SynchronousProcessTarget {
    let title: String

    func run() throws {
        print(title)
        let current = ChildProcess.current
        print("parent process:", ChildProcess.parent?.name ?? "a shell", "process:", current.name)
    }
}

struct PutHello: SynchronousProcessTarget {
    let queue: ProcessQueue<String>

    func run() throws { try queue.blocking.put("hello") }
}

struct Say1: SynchronousProcessTarget {
    func run() { print(1) }
}

struct Sleep: SynchronousProcessTarget {
    let seconds: Double

    func run() throws {
        let never = try Event()
        _ = never.blocking.wait(timeout: .seconds(seconds))
    }
}

import Foundation
import Logging
import Processes
import Synchronization

/// Has a child of its own tell who it is.
struct Parent: ProcessTarget {
    let to: Passenger
    var method = StartMethod.spawn

    func run() async throws {
        _ = ChildProcess(Nothing())
        let child = ProcessContext(method).process(Introduction(to: to))
        try await child.start()
        try await child.join()
        try require(try child.exitCode == 0, "the grandchild ended well")
    }
}

/// May have no children.
struct ChildlessDaemon: ProcessTarget {
    func run() async throws {
        do throws(ProcessError) {
            try await ChildProcess(Nothing()).start()
        } catch {
            return try require(error.code == .daemonicParent, "it is refused as a daemon's child")
        }
        throw Untrue(claim: "a daemon has no children")
    }
}

/// Starts a daemon and another child, which tell their numbers, and waits.
struct Household: ProcessTarget {
    let daemon: Passenger
    let other: Passenger
    /// Whether it ends at once.
    let ends: Bool

    func run() async throws {
        let first = ChildProcess(Telling(to: daemon, time: 1000), daemon: true)
        try await first.start()
        let second = ChildProcess(Telling(to: other, time: ends ? 0.2 : 1000))
        try await second.start()
        if !ends { try await second.join() }
    }
}

/// Tells its process number, and its end if it comes to that.
struct Telling: SynchronousProcessTarget {
    let to: Passenger
    let time: Double

    func run() throws {
        to.write("\(getpid()) ")
        Thread.sleep(forTimeInterval: time)
        to.write("end")
    }
}

/// Starts many children by each method, and counts what is left of them.
struct Thrift: ProcessTarget {
    let rounds: Int

    private func census() throws -> (descriptors: Int, children: Int) {
        let files = FileManager.default
        let children = try files.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
            .filter { parent(of: $0) == getpid() }
        return (try files.contentsOfDirectory(atPath: "/proc/self/fd").count, children.count)
    }

    func run() async throws {
        for method in StartMethod.all { try await start(1, by: method) }
        let before = try census()
        for method in StartMethod.all { try await start(rounds, by: method) }
        let after = try census()
        try require(before.children == 1, "the fork server is the only child")
        try require(after == before, "\(after) is left of \(before)")
    }

    private func start(_ count: Int, by method: StartMethod) async throws {
        for _ in 0..<count {
            let child = ProcessContext(method).process(Nothing())
            try await child.start()
            try await child.join()
            try require(try child.exitCode == 0, "a child started by \(method) ended well")
        }
    }
}

/// The parent of a process, as the system tells; nil when there is no such process.
func parent(of process: Int32) -> Int32? {
    let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    let fields = line?.split(separator: ")").last?.split(separator: " ")
    return fields.flatMap { $0.count > 1 ? Int32($0[1]) : nil }
}

/// Kills its fork server, and goes on.
struct Bereaved: ProcessTarget {
    let pair: [Passenger]

    func run() async throws {
        let context = ProcessContext(.forkserver)
        let survivor = context.process(Ending(way: .wait, errors: pair[0]))
        try await survivor.start()
        let server = try FileManager.default.contentsOfDirectory(atPath: "/proc")
            .compactMap { Int32($0) }
            .first { parent(of: $0) == getpid() && $0 != (try? survivor.pid) }
        try require(server != nil, "there is a fork server")
        kill(server ?? 0, SIGKILL)
        for _ in 0..<3 {
            let next = context.process(Nothing())
            try await next.start()
            try await next.join()
            try require(try next.exitCode == 0, "a new fork server forks")
        }
        try require(try survivor.isAlive, "a child outlives its fork server")
        try survivor.terminate()
        try await survivor.join()
        try require(try survivor.exitCode == -SIGTERM, "its code is known nevertheless")
    }
}

/// What a fork server has done before it forked.
enum Prepared {
    // SAFETY: it is set before the server forks, and only read afterwards.
    nonisolated(unsafe) static var text = "nothing"
}

struct Preparation: ForkServerPreparation {
    enum Fault: Codable, Sendable {
        case none, error, thread
    }

    struct Wrong: Error {}

    let text: String
    var fault = Fault.none

    func prepare() throws {
        unsafe Prepared.text = text
        switch fault {
        case .none: break
        case .error: throw Wrong()
        case .thread: Thread.detachNewThread { sleep(1000) }
        }
    }
}

struct TellPrepared: SynchronousProcessTarget {
    let to: Passenger

    func run() throws { to.write(unsafe Prepared.text) }
}

/// Prepares its fork server.
struct Preparing: ProcessTarget {
    let preparation: Preparation
    let to: Passenger

    func run() async throws {
        try StartMethod.setPreparation(preparation)
        for _ in 0..<2 {
            let child = ProcessContext(.forkserver).process(TellPrepared(to: to))
            do throws(ProcessError) {
                try await child.start()
            } catch {
                to.write("\(error.code) ")
                continue
            }
            try await child.join()
        }
    }
}

/// Takes a lock in a fork server, and so asks who that process is.
struct LockingPreparation: ForkServerPreparation {
    let lock: Lock

    func prepare() throws { try lock.blocking.withLock {} }
}

/// Takes a lock, tells so, and keeps it for as long as it lives.
struct Keeper: SynchronousProcessTarget {
    let lock: Lock
    let to: Passenger

    func run() throws {
        lock.blocking.acquire()
        to.write(lock.ownerDied ? "inherited " : "kept ")
        sleep(1000)
    }
}

/// Has two children of a fork server that has taken a lock take one, and ends the first.
struct Successors: ProcessTarget {
    let pair: [Passenger]

    func run() async throws {
        let lock = try Lock()
        try StartMethod.setPreparation(LockingPreparation(lock: lock))
        let context = ProcessContext(.forkserver)
        let first = context.process(Keeper(lock: lock, to: pair[1]), daemon: true)
        try await first.start()
        try require(try await pair[0].text() == "kept ", "the first child has the lock")
        let second = context.process(Keeper(lock: lock, to: pair[1]), daemon: true)
        try await second.start()
        try require(!lock.tryAcquire(), "it has it still")
        try first.kill()
        try require(try await pair[0].text() == "inherited ", "the second child inherits it")
    }
}

/// Takes long to decode.
struct Unwieldy: SynchronousProcessTarget {
    let seconds: Double

    init(seconds: Double) { self.seconds = seconds }

    init(from decoder: any Decoder) throws {
        seconds = try decoder.singleValueContainer().decode(Double.self)
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {}
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(seconds)
    }

    func run() throws {}
}

/// Sets what can be set once.
struct Setting: ProcessTarget {
    func run() async throws {
        try require(StartMethod.default == .forkserver, "a child has its parent's start method")
        var code: ProcessError.Code?
        do throws(ProcessError) {
            try StartMethod.set(.spawn)
        } catch {
            code = error.code
        }
        try require(code == .methodAlreadySet, "it is set already")
        try StartMethod.set(.spawn, force: true)
        try require(StartMethod.default == .spawn, "it has been set by force")
    }
}

/// Starts children that are processes of another program.
struct Relocated: ProcessTarget {
    let path: String
    let code: Int32?

    func run() async throws {
        StartMethod.setExecutable(path)
        let child = ChildProcess(Nothing())
        do throws(ProcessError) {
            try await child.start()
        } catch {
            return try require(code == nil && error.code == .system, "\(error) is no wonder")
        }
        try await child.join()
        try require(try child.exitCode == code, "the program at \(path) ended with \(code ?? -1)")
    }
}

/// Logs, and starts a child that does.
struct Chronicle: ProcessTarget {
    let errors: Passenger
    let isFirst: Bool

    func run() async throws {
        errors.becomeStandardError()
        if isFirst {
            ProcessLog.logger.warning("unheard")
            ProcessLog.logToStderr(level: .info)
        }
        ProcessLog.logger.warning("doomed")
        ProcessLog.logger.debug("a detail")
        guard isFirst else { return }
        let child = ChildProcess(Chronicle(errors: errors, isFirst: false))
        try await child.start()
        try await child.join()
    }
}

/// Forks while its other threads allocate, hash, and look for types.
struct BusyForker: ProcessTarget {
    let rounds: Int

    private static let isOver = Atomic(false)

    func run() async throws {
        // Threads, for tasks would leave none to those who fork.
        for number in 0..<4 { Thread.detachNewThread { Self.makeNoise(number) } }
        for _ in 0..<rounds {
            let child = ProcessContext(.fork).process(Nothing())
            try await child.start()
            try require(try await child.join(timeout: .seconds(60)), "a forked child ends")
            try require(try child.exitCode == 0, "a forked child ends well")
        }
        Self.isOver.store(true, ordering: .relaxed)
    }

    private static func makeNoise(_ seed: Int) {
        var table: [String: [Int]] = [:]
        var number = seed
        while !isOver.load(ordering: .relaxed) {
            number &+= 1
            table["\(number % 1000)", default: []].append(number)
            if number % 10_000 == 0 { table = [:] }
            _ = _typeByName("4Gone\(number % 7)ThereV")
        }
    }
}

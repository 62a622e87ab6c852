import Multiprocessing

/// One client's work, as that of a lane in Soak/client.py.
struct Lane {
    private enum Work: CaseIterable {
        case put, putFew, get, getFew, set, append, visit
        case add, passRLock, passPermit, own

        /// Those that hold something for a while.
        var isLocking: Bool {
            switch self {
            case .add, .passRLock, .passPermit, .own: true
            default: false
            }
        }
    }

    private let shared: Shared
    private let ledger: Ledger
    private let number: Int
    private let name: String
    private let works: [Work]
    private var count = 0
    private var keys: [String] = []

    init(_ shared: Shared, _ ledger: Ledger, _ number: Int, name: String, hasLocks: Bool) {
        self.shared = shared
        self.ledger = ledger
        self.number = number
        self.name = name
        works = Work.allCases.filter { hasLocks || !$0.isLocking } + [.put, .get]
    }

    mutating func run(until end: ContinuousClock.Instant) async {
        while ContinuousClock.now < end {
            do {
                try await work()
            } catch {
                write(.fault, "\(error)".replacing("\n", with: " "))
                return
            }
            try? await Task.sleep(for: .milliseconds(Int.random(in: 0..<600)))
        }
    }

    private mutating func work() async throws {
        switch works.randomElement() {
        case .put: try await put(shared.items, "items")
        case .putFew: try await put(shared.few, "few")
        case .get: try await get(shared.items, "items")
        case .getFew: try await get(shared.few, "few")
        case .set: try await set()
        case .append: try await append()
        case .visit: try await visit()
        case .add: try await add()
        case .passRLock: try await passRLock()
        case .passPermit: try await passPermit()
        case .own: try await own()
        case nil: break
        }
    }

    // MARK: The ledger

    private func write(_ mark: Ledger.Mark, _ words: String) {
        ledger.write(number, mark, words)
    }

    private mutating func fresh() -> String {
        count += 1
        return "\(name):\(count)"
    }

    /// Makes a call between two lines of the ledger.
    ///
    /// - Returns: whether it was done; not where it returned false, or a queue was full.
    @discardableResult
    private func tell(_ words: String, _ call: () async throws -> Bool) async throws -> Bool {
        write(.begun, words)
        do {
            let isDone = try await call()
            write(isDone ? .acknowledged : .nothing, words)
            return isDone
        } catch let error as ManagerError where error.code == .timedOut {
            write(error.isOutcomeUnknown ? .unknown : .nothing, words)
            return false
        }
    }

    // MARK: Queues

    private mutating func put(_ queue: QueueProxy<String>, _ name: String) async throws {
        let item = fresh()
        try await tell("put \(name) \(item)") {
            try await queue.put(item, timeout: .milliseconds(200))
            return true
        }
    }

    private func get(_ queue: QueueProxy<String>, _ name: String) async throws {
        write(.begun, "get \(name)")
        let waits = [Duration.zero, .milliseconds(50), .milliseconds(500)].randomElement()
        do throws(ManagerError) {
            let item = try await queue.get(timeout: waits ?? .zero)
            write(.acknowledged, "get \(name) \(item)")
        } catch {
            guard error.code == .timedOut else { throw error }
            write(error.isOutcomeUnknown ? .unknown : .nothing, "get \(name)")
        }
    }

    // MARK: Dict and list

    private mutating func set() async throws {
        if Int.random(in: 0..<3) == 0, let key = keys.popLast() {
            try await tell("remove \(key)") {
                _ = try await shared.table.pop(key)
                return true
            }
            return
        }
        let key = keys.count > 3 ? keys.removeFirst() : fresh()
        let value = fresh()
        let isSet = try await tell("set \(key) \(value)") {
            try await shared.table.set(value, forKey: key)
            return true
        }
        if isSet { keys.append(key) }
    }

    private mutating func append() async throws {
        let item = fresh()
        try await tell("append \(item)") {
            try await shared.log.append(item)
            return true
        }
    }

    private func visit() async throws {
        try await tell("visit table") {
            _ = try await shared.table.get(name)
            return true
        }
        try await tell("visit items") {
            _ = try await shared.items.count
            return true
        }
    }

    // MARK: What is held

    /// What two may not do at once: it is read and written one by one.
    private func add() async throws {
        guard
            try await tell("section lock", { try await shared.lock.acquire(timeout: .seconds(2)) })
        else { return }
        try await increment("lock")
        try await shared.lock.release()
    }

    private func increment(_ counter: String) async throws {
        try await shared.inside.set(name, forKey: counter)
        let value = try await shared.counters.get(counter) ?? 0
        try await tell("add \(counter)") {
            try await shared.counters.set(value + 1, forKey: counter)
            return true
        }
        let other = try await shared.inside.get(counter)
        if other != name { write(.fault, "somebody else is inside: \(other ?? "nobody")") }
    }

    private func passRLock() async throws {
        let rlock = shared.rlock.anotherOwner()
        guard
            try await tell("section rlock", { try await rlock.acquire(timeout: .seconds(2)) })
        else { return }
        try await rlock.acquire()
        try await increment("rlock")
        try await rlock.release()
        try await rlock.release()
    }

    private func passPermit() async throws {
        guard
            try await tell(
                "section permits", { try await shared.permits.acquire(timeout: .milliseconds(500)) }
            )
        else { return }
        try await Task.sleep(for: .milliseconds(10))
        try await shared.permits.release()
    }

    /// An object of one's own, which goes with its last proxy.
    private func own() async throws {
        try await tell("visit own") {
            let mine = try await shared.manager.list([name])
            try await mine.append("1")
            let all = try await mine.elements()
            if all != [name, "1"] { write(.fault, "another list: \(all)") }
            return true
        }
    }
}

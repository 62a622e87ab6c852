import Managers
import Synchronization
import Testing

/// How many there are, for tasks that run side by side.
private final class Count: Sendable {
    private let value = Atomic(0)

    func increment() -> Int { value.add(1, ordering: .relaxed).newValue }
    func decrement() { value.subtract(1, ordering: .relaxed) }
}

@Suite(.timeLimit(.minutes(5)))
struct LeadershipTests {
    private func run(_ body: @Sendable (RunningServer, Manager) async throws -> Void) async throws {
        try await TestServer.ours(isTCP: false).run { server in
            let manager = try await server.connect()
            try await body(server, manager)
            await manager.close()
        }
    }

    @Test func oneLeadsAtATimeAndTermsGrow() async throws {
        try await run { server, manager in
            let journal = try await manager.list(of: Int.self, named: "journal")
            let leaders = Count()
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        let own = try await server.connect()
                        let journal = try await own.list(of: Int.self, named: "journal")
                        try await own.leadership("scheduler") { term in
                            let count = leaders.increment()
                            #expect(count == 1)
                            try await journal.fenced(by: term.token).append(term.token.number)
                            leaders.decrement()
                        }
                        await own.close()
                    }
                }
                try await group.waitForAll()
            }
            let terms: [Int] = try await journal.getValue()
            #expect(terms == terms.sorted())
            #expect(Set(terms).count == 8)
            let leadership = try await manager.leadership("scheduler")
            #expect(try await leadership.current == nil)
        }
    }

    @Test func whoLosesItCampaignsAgain() async throws {
        try await run { _, manager in
            let lock = try await manager.lock(named: "scheduler")
            let terms = Mutex<[Leadership.Term]>([])
            let task = Task {
                try await manager.leadership("scheduler", lease: .seconds(9)) { term in
                    let isSecond = terms.withLock { terms in
                        terms.append(term)
                        return terms.count == 2
                    }
                    if !isSecond { try await Task.sleep(for: .seconds(600)) }
                    return term
                }
            }
            try await eventually { terms.withLock { $0.count } == 1 }
            try await lock.release()
            let last = try await task.value
            let all = terms.withLock { $0 }
            #expect(all.count == 2)
            #expect(all[0].token < all[1].token)
            #expect(last == all[1])
        }
    }

    @Test func aSingleTermThatIsLostIsAnError() async throws {
        try await run { _, manager in
            let leadership = try await manager.leadership("scheduler", lease: .seconds(9))
            let lock = try await manager.lock(named: "scheduler")
            let task = Task {
                try await leadership.lead { _ in try await Task.sleep(for: .seconds(600)) }
            }
            try await eventually { try await leadership.current != nil }
            try await lock.release()
            #expect(await code { try await task.value } == .leaseLost)
        }
    }

    @Test func whoIsCancelledCampaignsNoMore() async throws {
        try await run { _, manager in
            let leadership = try await manager.leadership("scheduler")
            let task = Task {
                try await manager.leadership("scheduler") { _ in
                    try await Task.sleep(for: .seconds(600))
                }
            }
            try await eventually { try await leadership.current != nil }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await leadership.current == nil)
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct OnceTests {
    private func run(_ body: @Sendable (RunningServer, Manager) async throws -> Void) async throws {
        try await TestServer.ours(isTCP: false).run { server in
            let manager = try await server.connect()
            try await body(server, manager)
            await manager.close()
        }
    }

    private struct Mishap: Error {}

    @Test func oneOfManyRunsIt() async throws {
        try await run { server, _ in
            let runs = Count()
            let outcomes = try await withThrowingTaskGroup { group in
                for index in 0..<10 {
                    group.addTask {
                        let own = try await server.connect()
                        let outcome = try await own.once("nightly") {
                            _ = runs.increment()
                            return index
                        }
                        await own.close()
                        return outcome
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(runs.increment() == 2)
            #expect(outcomes.filter { $0 == .alreadyDone }.count == 9)
        }
    }

    @Test func whatFailedIsRunByTheNext() async throws {
        try await run { _, manager in
            await #expect(throws: Mishap.self) {
                try await manager.once("nightly") { throw Mishap() }
            }
            let second = try await manager.once("nightly") { "second" }
            #expect(second == .ran("second"))
            let third = try await manager.once("nightly") { "third" }
            #expect(third == .alreadyDone)
        }
    }

    @Test func whatIsForgottenIsDoneOnceMore() async throws {
        try await run { _, manager in
            try await manager.once("nightly") {}
            try await manager.once("other") {}
            try await manager.forgetOnce("nightly")
            try await manager.forgetOnce("never")
            #expect(try await manager.once("nightly") { 1 } == .ran(1))
            #expect(try await manager.once("other") { 1 } == .alreadyDone)
        }
    }

    /// A runner that lost its lease, and comes back when another has begun, has not done it.
    @Test func whoWasOvertakenHasNotDoneIt() async throws {
        try await run { _, manager in
            let tokens = Mutex<[FencingToken]>([])
            let task = Task {
                try await manager.once("nightly", lease: .seconds(3)) { token in
                    tokens.withLock { $0.append(token) }
                    // It does not notice that it is cancelled.
                    try await Task { try await Task.sleep(for: .seconds(2)) }.value
                    return 1
                }
            }
            try await eventually { tokens.withLock { !$0.isEmpty } }
            // As if its lease had run out.
            try await manager.lock(named: "once.lock:nightly").release()
            let other = try await manager.once("nightly") { (token: FencingToken) in
                tokens.withLock { $0.append(token) }
                return 2
            }
            #expect(other == .ran(2))
            let code = await code { _ = try await task.value }
            #expect(code == .leaseLost || code == .fenced)
            let all = tokens.withLock { $0 }
            #expect(all[0] < all[1])
        }
    }
}

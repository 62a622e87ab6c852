import Foundation
import Managers
import Testing

/// Calls that are cancelled at every point of their exchange, very many of them, and then items and
/// grants are counted. `CANCELLATIONS` says how many, 4,000 by default.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct CancellationStormTests {
    private static let count =
        ProcessInfo.processInfo.environment["CANCELLATIONS"].flatMap { Int($0) } ?? 4000
    private static let tasks = 50

    /// Lets some time pass, from none at all to more than an exchange takes.
    private static func passTime() async {
        switch Int.random(in: 0..<4) {
        case 0: break
        case 1: for _ in 0..<Int.random(in: 0..<20) { await Task.yield() }
        default: try? await Task.sleep(for: .microseconds(Int.random(in: 0..<400)))
        }
    }

    /// Starts calls, lets time pass and cancels them; gives what came of those that won.
    private static func storm<Outcome: Sendable>(
        _ count: Int, _ body: @escaping @Sendable () async throws -> Outcome
    ) async -> [Outcome] {
        let calls = (0..<count).map { _ in Task { try await body() } }
        return await withTaskGroup(of: Outcome?.self) { group in
            for call in calls {
                group.addTask {
                    await passTime()
                    call.cancel()
                    do {
                        return try await call.value
                    } catch {
                        #expect((error as? ManagerError)?.code == .cancelled)
                        return nil
                    }
                }
            }
            var won: [Outcome] = []
            for await outcome in group {
                if let outcome { won.append(outcome) }
            }
            return won
        }
    }

    @Test(arguments: TestServer.swift)
    func noItemIsLostOrDoubled(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let queue = try await manager.queue(of: Int.self)
            var taken: [Int] = []
            var put = 0
            for _ in 0..<max(1, Self.count / Self.tasks) {
                async let won = Self.storm(Self.tasks) { try await queue.get() }
                for _ in 0..<Self.tasks / 2 {
                    await Self.passTime()
                    try await queue.put(put)
                    put += 1
                }
                taken += await won
            }
            while let item = try await queue.getNoWait() { taken.append(item) }
            #expect(taken.sorted() == Array(0..<put))
        }
    }

    @Test(arguments: TestServer.swift)
    func noPermitIsLostOrDoubled(_ place: TestServer) async throws {
        let permits = 3
        try await place.runClient { manager in
            let semaphore = try await manager.boundedSemaphore(permits)
            for _ in 0..<max(1, Self.count / Self.tasks) {
                let won = await Self.storm(Self.tasks) {
                    try await semaphore.acquire()
                    await Task.yield()
                    // A cancelled task gives back what it has, too.
                    try await Task { try await semaphore.release() }.value
                    return true
                }
                #expect(won.count <= Self.tasks)
            }
            for _ in 0..<permits { #expect(try await semaphore.tryAcquire()) }
            #expect(try await !semaphore.tryAcquire())
        }
    }

    @Test(arguments: TestServer.swift)
    func noLockOfAnOwnerIsLost(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            for _ in 0..<max(1, Self.count / Self.tasks / 4) {
                _ = await Self.storm(Self.tasks / 4) {
                    try await lock.anotherOwner().withLock { await Task.yield() }
                }
            }
            #expect(try await lock.acquire(timeout: .seconds(60)))
        }
    }
}

import Managers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ManagerRunningTests {
    @Test(arguments: TestServer.all)
    func callsAreAnsweredOnTheLoop(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let counts = try await manager.dict(String.self, Int.self)
            let sum = try await manager.run {
                for number in 0..<100 { try await counts.set(number, forKey: "\(number)") }
                var sum = 0
                for number in 0..<100 { sum += try await counts.get("\(number)") ?? 0 }
                return sum
            }
            #expect(sum == 4950)
        }
    }

    @Test(arguments: TestServer.all)
    func manyTasksCallAtOnceOnTheLoop(_ place: TestServer) async throws {
        let tasks = place.isOurs ? 50 : 10
        try await place.runClient { manager in
            let list = try await manager.list(of: Int.self)
            try await manager.run {
                try await withThrowingDiscardingTaskGroup { group in
                    for task in 0..<tasks {
                        group.addTask {
                            for number in 0..<20 { try await list.append(task * 20 + number) }
                        }
                    }
                }
            }
            #expect(try await list.elements().sorted() == Array(0..<tasks * 20))
        }
    }

    /// A get that waits on the loop keeps neither the loop nor the tasks there waiting.
    @Test(arguments: TestServer.swift)
    func whoWaitsOnTheLoopKeepsNobodyWaiting(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let queue = try await manager.queue(of: Int.self)
            let sum = try await manager.run {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<200 { group.addTask { try await queue.get() } }
                    for number in 0..<200 { try await queue.put(number) }
                    return try await group.reduce(0, +)
                }
            }
            #expect(sum == 19_900)
        }
    }

    @Test func tasksOfOtherExecutorsAndOfTheLoopMeet() async throws {
        try await TestServer.ours(isTCP: false).runClient { manager in
            let passed = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<20 {
                    let executor: (any TaskExecutor)? =
                        index.isMultiple(of: 2) ? manager.executor : nil
                    group.addTask(executorPreference: executor) {
                        for _ in 0..<50 {
                            _ = try await manager.numberOfObjects()
                            await Task.yield()
                        }
                        return 1
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(passed == 20)
        }
    }
}

import Managers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ManagerBatchTests {
    @Test(arguments: TestServer.all)
    func resultsHaveTheTypesOfTheirCalls(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let names = try await manager.dict(["one": 1, "two": 2])
            let (size, two, text) = try await manager.batch {
                try names.deferred("__len__", returning: Int.self)
                try names.deferred("__getitem__", "two", returning: Int.self)
                try names.deferred("__contains__", "three", returning: Bool.self)
            }
            #expect(size == 2)
            #expect(two == 2)
            #expect(text == false)
        }
    }

    @Test(arguments: TestServer.all)
    func callsAreMadeInOrder(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let list = try await manager.list(of: Int.self)
            let appends = try (0..<500).map { number in try list.deferred("append", number) }
            for outcome in try await manager.batch(appends) { try outcome.get() }
            #expect(try await list.elements() == Array(0..<500))
        }
    }

    @Test(arguments: TestServer.all)
    func oneThatFailsFailsAlone(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict(["a": 1])
            let outcomes = try await manager.batch(
                ["a", "b", "a"].map { key in
                    try dict.deferred("__getitem__", key, returning: Int.self)
                })
            #expect(try outcomes[0].get() == 1)
            #expect(throws: ManagerError.self) { try outcomes[1].get() }
            #expect(try outcomes[2].get() == 1)
            #expect(
                await code {
                    _ = try await manager.batch {
                        try dict.deferred("__setitem__", "c", 3)
                        try dict.deferred("__getitem__", "b", returning: Int.self)
                        try dict.deferred("__setitem__", "d", 4)
                    }
                } == .remote)
            #expect(try await dict.count == 3)
        }
    }

    /// Long requests are written from where they are, and long replies not copied: between short
    /// ones, in both directions at once, while the socket takes nothing.
    @Test(arguments: TestServer.all)
    func longValuesGoBetweenShortOnes(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict([Int: [UInt8]]())
            let sizes = [1, 300, 16_383, 65_535, 65_536, 1 << 20, (1 << 22) + 1]
            @Sendable func value(_ number: Int) -> [UInt8] {
                [UInt8](repeating: UInt8(number % 251), count: sizes[number % sizes.count])
            }
            try await withThrowingTaskGroup { group in
                for number in 0..<56 {
                    group.addTask {
                        try await dict.set(value(number), forKey: number)
                        let one = try await dict.value(forKey: number)
                        #expect(one == value(number))
                        let (same, _) = try await manager.batch {
                            try dict.deferred("__getitem__", number, returning: [UInt8].self)
                            try dict.deferred("__setitem__", number, value(number + 1))
                        }
                        #expect(same == one)
                    }
                }
                try await group.waitForAll()
            }
            for number in 0..<56 {
                let found: [UInt8]? = try await dict.get(number)
                #expect(found == value(number + 1))
            }
        }
    }

    @Test(arguments: TestServer.swift)
    func moreCallsThanTagsAreMadeInTurn(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let value = try await manager.value(0)
            let calls = try (0..<10_000).map { try value.deferred("set", $0) }
            let outcomes = try await manager.batch(calls)
            #expect(outcomes.count == 10_000)
            #expect(outcomes.allSatisfy { if case .success = $0 { true } else { false } })
            #expect(try await value.get() == 9_999)
            #expect(try await manager.batch([RemoteCall<Void>]()).isEmpty)
        }
    }

    /// What the other calls of a batch have made is given back where one throws.
    @Test(arguments: TestServer.all)
    func oneThatThrowsLeavesNoObjectBehind(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict([1: 2])
            let before = try await manager.numberOfObjects()
            for _ in 0..<3 {
                await #expect(throws: ManagerError.self) {
                    _ = try await manager.batch {
                        try dict.deferred("__getitem__", 99, returning: Int.self)
                        try dict.deferred("__iter__", returning: IteratorProxy<Int>.self)
                    }
                }
            }
            // They are given back in the background.
            for _ in 0..<200 where try await manager.numberOfObjects() > before {
                try await Task.sleep(for: .milliseconds(20))
            }
            let after = try await manager.numberOfObjects()
            #expect(after == before)
        }
    }

    /// One wait for the server, not one for each call: a hundred would outlast the test.
    @Test func aServerThatIsGoneIsWaitedForOnce() async throws {
        try await TestServer.ours(isTCP: true).run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            let manager = try await Manager.connect(to: forwarder.address, authkey: server.key)
            let list = try await manager.list(of: Int.self)
            let calls = try (0..<100).map { try list.deferred("append", $0) }
            forwarder.swallow()
            async let outcomes = manager.batch(calls)
            try await Task.sleep(for: .milliseconds(100))
            forwarder.stop()
            for outcome in try await outcomes {
                let error = #expect(throws: ManagerError.self) { try outcome.get() }
                #expect(error?.code == .connectionLost && error?.isOutcomeUnknown == true)
            }
            await manager.close()
        }
    }
}

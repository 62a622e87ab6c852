import Processes
import Sockets
import Testing

/// `Barrier`.
@Suite(.timeLimit(.minutes(10)))
struct BarrierTests {
    /// Sets an event, and fails if it was told to.
    struct Announcement: ProcessTarget {
        struct Failure: Error {}
        let event: Event
        var fails = false

        func run() async throws {
            event.set()
            if fails { throw Failure() }
        }
    }

    /// Comes to a barrier so many times.
    struct Party: ProcessTarget {
        let barrier: Barrier
        let rounds: Int

        func run() async throws {
            for _ in 0..<rounds { try await barrier.wait(timeout: .seconds(30)) }
        }
    }

    private func isBroken(_ error: any Error) -> Bool {
        (error as? ProcessError)?.code == .brokenBarrier
    }

    @Test func everyPartyGetsANumberOfItsOwn() async throws {
        let barrier = try Barrier(parties: 5)
        let there = try travelled(barrier)
        #expect(there.parties == 5)
        for _ in 0..<20 {
            let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<5 {
                    group.addTask { try await (number % 2 == 0 ? barrier : there).wait() }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(numbers == Set(0..<5))
            #expect(barrier.waitingParties == 0 && !barrier.isBroken)
        }
    }

    @Test func whoComesInsteadHasTheNumberOfWhoLeft() async throws {
        let barrier = try Barrier(parties: 3)
        func comes() async throws -> Task<Int, any Error> {
            let before = barrier.waitingParties
            let party = Task { try await barrier.wait() }
            while barrier.waitingParties == before { await Task.yield() }
            return party
        }
        let first = try await comes()
        let second = try await comes()
        first.cancel()
        await #expect { try await first.value } throws: {
            ($0 as? ProcessError)?.code == .cancelled
        }
        let third = try await comes()
        #expect(try await barrier.wait() == 2)
        #expect(try await second.value == 1)
        #expect(try await third.value == 0)
    }

    @Test func processesGoOnTogether() async throws {
        let barrier = try Barrier(parties: 3)
        let children = (0..<2).map { _ in ChildProcess(Party(barrier: barrier, rounds: 50)) }
        for child in children { try await child.start() }
        for _ in 0..<50 { try await barrier.wait(timeout: .seconds(30)) }
        for child in children {
            try await child.join()
            #expect(try child.exitCode == 0)
        }
    }

    @Test func moreThanThePartiesGoInRounds() async throws {
        let barrier = try Barrier(parties: 2)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 { group.addTask { try await barrier.wait(timeout: .seconds(30)) } }
            let sum = try await group.reduce(0, +)
            #expect(sum == 10)
        }
    }

    @Test func onePartyNeedNotWait() async throws {
        let barrier = try Barrier(parties: 1)
        #expect(try await barrier.wait() == 0)
        #expect(try barrier.blocking.wait() == 0)
    }

    @Test func threadsAndTasksWaitForOneAnother() async throws {
        let barrier = try Barrier(parties: 3)
        let (numbers, number) = AsyncStream.makeStream(of: Int.self)
        for _ in 0..<2 {
            try DedicatedThread.start(name: "test") {
                number.yield((try? barrier.blocking.wait(timeout: .seconds(30))) ?? -1)
            }
        }
        var all = [try await barrier.wait(timeout: .seconds(30))]
        for await number in numbers {
            all.append(number)
            if all.count == 3 { break }
        }
        #expect(all.sorted() == [0, 1, 2])
    }

    @Test func itBreaksWhenTheTimeIsOver() async throws {
        let barrier = try Barrier(parties: 3, timeout: .milliseconds(20))
        let other = Task { try await barrier.wait(timeout: .seconds(30)) }
        await #expect(performing: { try await barrier.wait() }, throws: isBroken)
        await #expect(performing: { try await other.value }, throws: isBroken)
        #expect(barrier.isBroken)
        #expect(performing: { try barrier.blocking.wait() }, throws: isBroken)
        try await barrier.reset()
        #expect(!barrier.isBroken)
    }

    @Test(arguments: [true, false])
    func whoWaitsLearnsOfAnAbortOrAReset(isAbort: Bool) async throws {
        let barrier = try Barrier(parties: 2)
        let waiting = Task { try await barrier.wait(timeout: .seconds(30)) }
        while barrier.waitingParties == 0 { await Task.yield() }
        if isAbort { try await barrier.abort() } else { try await barrier.reset() }
        await #expect(performing: { try await waiting.value }, throws: isBroken)
        #expect(barrier.isBroken == isAbort)
    }

    @Test func aCancelledPartyLeavesItsPlaceToAnother() async throws {
        let barrier = try Barrier(parties: 2)
        let waiting = Task { try await barrier.wait() }
        while barrier.waitingParties == 0 { await Task.yield() }
        waiting.cancel()
        await #expect { try await waiting.value } throws: {
            ($0 as? ProcessError)?.code == .cancelled
        }
        #expect(barrier.waitingParties == 0 && !barrier.isBroken)
        async let other = barrier.wait(timeout: .seconds(30))
        #expect(try await barrier.wait(timeout: .seconds(30)) + other == 1)
    }

    @Test func theLastPartyActsBeforeAllGoOn() async throws {
        let event = try Event()
        let barrier = try travelled(
            try Barrier(parties: 2, action: Announcement(event: event)))
        async let other = barrier.wait()
        try await barrier.wait()
        #expect(event.isSet)
        _ = try await other
    }

    @Test func anActionThatFailsBreaksIt() async throws {
        let barrier = try Barrier(
            parties: 1, action: Announcement(event: try Event(), fails: true))
        await #expect(throws: Announcement.Failure.self) { try await barrier.wait() }
        await #expect(performing: { try await barrier.wait() }, throws: isBroken)
    }

    @Test func impossibleNumbersOfPartiesAreRefused() {
        for parties in [0, -1, 10_001] {
            #expect(throws: ProcessError.self) { try Barrier(parties: parties) }
        }
    }
}

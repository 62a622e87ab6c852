import Foundation
import Managers
import Synchronization
import Testing

/// Connections that are cut under load, also in the middle of frames, in both directions. `CUTS`
/// says how often, 20 times by default.
@Suite(.timeLimit(.minutes(30)))
struct CutConnectionTests {
    private static let cuts =
        ProcessInfo.processInfo.environment["CUTS"].flatMap { Int($0) } ?? 20

    /// What a call came to, as its caller knows.
    private enum Fate { case done, unknown, failed }

    private static func append(
        _ number: Int, _ padding: Int, to list: ListProxy<[UInt8]>
    ) async -> Fate {
        var item = [UInt8](repeating: 0, count: padding)
        withUnsafeBytes(of: UInt64(number)) { item.insert(contentsOf: $0, at: 0) }
        do {
            try await list.append(item)
            return .done
        } catch {
            return error.isOutcomeUnknown ? .unknown : .failed
        }
    }

    /// Tasks append numbers, each once, while the connection is cut again and again: each is there
    /// once, for the server tells what came of a call whose reply was lost.
    @Test(arguments: TestServer.swift, [0, 40_000])
    func whatIsAcknowledgedIsDoneOnce(_ place: TestServer, _ padding: Int) async throws {
        try await place.run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            let manager = try await Manager.connect(to: forwarder.address, authkey: server.key)
            let other = try await server.connect()
            let list = try await other.list(of: [UInt8].self, named: "numbers")
            let same = try await manager.list(of: [UInt8].self, named: "numbers")
            var fates: [Int: Fate] = [:]
            for cut in 0..<Self.cuts {
                let cutting = Task {
                    try await Task.sleep(for: .microseconds(Int.random(in: 0..<5000)))
                    forwarder.cut()
                }
                await withTaskGroup(of: (Int, Fate).self) { group in
                    for number in cut * 40..<(cut + 1) * 40 {
                        group.addTask { (number, await Self.append(number, padding, to: same)) }
                    }
                    for await (number, fate) in group { fates[number] = fate }
                }
                try await cutting.value
            }
            var there: [Int] = []
            for index in 0..<(try await list.count) {
                let item = try await list.get(index)
                there.append(item.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) })
            }
            #expect(Set(there).count == there.count, "what was asked once was done twice")
            let done = fates.filter { $0.value == .done }.map(\.key)
            #expect(Set(done).subtracting(there).isEmpty, "what was acknowledged is lost")
            #expect(
                there.allSatisfy { fates[$0] != .failed },
                "what was done was said not to have been")
            #expect(done.count == Self.cuts * 40, "\(fates.filter { $0.value != .done })")
            await manager.close()
            await other.close()
            forwarder.stop()
        }
    }

    /// Does something of many tasks again and again, while the connection is cut.
    private func whileCut(
        _ forwarder: Forwarder, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        for cut in 0..<Self.cuts {
            let cutting = Task {
                // What is asked after a cut may be cut too.
                for _ in 0..<3 {
                    try await Task.sleep(for: .microseconds(Int.random(in: 0..<5000)))
                    forwarder.cut()
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in cut * 20..<(cut + 1) * 20 { group.addTask { try await body(number) } }
                try await group.waitForAll()
            }
            try await cutting.value
        }
    }

    @Test(arguments: TestServer.swift)
    func eachItemGoesThroughAQueueOnce(_ place: TestServer) async throws {
        try await place.run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            let manager = try await Manager.connect(to: forwarder.address, authkey: server.key)
            let queue = try await manager.queue(of: Int.self, maxsize: 8)
            let taken = Mutex<[Int]>([])
            try await whileCut(forwarder) { number in
                async let put: Void = queue.put(number)
                let item = try await queue.get()
                taken.withLock { $0.append(item) }
                try await put
            }
            #expect(taken.withLock { $0.sorted() } == Array(0..<Self.cuts * 20))
            let left = try await queue.count
            #expect(left == 0)
            await manager.close()
            forwarder.stop()
        }
    }

    @Test(arguments: TestServer.swift)
    func whatIsCutAndCancelledLosesNoItem(_ place: TestServer) async throws {
        try await place.run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            let manager = try await Manager.connect(to: forwarder.address, authkey: server.key)
            let queue = try await manager.queue(of: Int.self)
            let taken = Mutex<[Int]>([])
            try await whileCut(forwarder) { number in
                try await queue.put(number)
                let getting = Task { try await queue.get() }
                try await Task.sleep(for: .microseconds(Int.random(in: 0..<3000)))
                getting.cancel()
                guard case .success(let item) = await getting.result else { return }
                taken.withLock { $0.append(item) }
            }
            var all = taken.withLock { $0 }
            while let item = try await queue.getNoWait() { all.append(item) }
            #expect(all.sorted() == Array(0..<Self.cuts * 20))
            await manager.close()
            forwarder.stop()
        }
    }

    /// Who gave up had been given an item that was still under way when the connection was cut.
    @Test(arguments: TestServer.swift)
    func whatWasGivenToOneWhoHadGivenUpGoesBack(_ place: TestServer) async throws {
        try await place.run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            var limits = ClientLimits()
            limits.callTimeout = .milliseconds(100)
            let manager = try await Manager.connect(
                to: forwarder.address, authkey: server.key, limits: limits)
            let other = try await server.connect()
            let queue = try await other.queue(of: String.self, named: "items")
            let same = try await manager.queue(of: String.self, named: "items")
            var wasGiven = false
            for _ in 0..<20 where !wasGiven {
                let getting = Task { try await same.get(timeout: .milliseconds(300)) }
                try await Task.sleep(for: .milliseconds(100))
                forwarder.swallow()
                try await queue.put("item")
                let result = await getting.result
                // Where the machine stood still, its time was over before.
                wasGiven = try await queue.isEmpty
                if wasGiven {
                    let error = #expect(throws: ManagerError.self) { try result.get() }
                    #expect(error?.code == .timedOut)
                }
                forwarder.pass()
                forwarder.cut()
                let item = try await queue.get(timeout: .seconds(20))
                #expect(item == "item")
            }
            #expect(wasGiven)
            await manager.close()
            await other.close()
            forwarder.stop()
        }
    }

    /// What a manager has to give back when it closes takes as long as it does.
    private static let patient: ClientLimits = {
        var limits = ClientLimits()
        limits.closeTimeout = .seconds(120)
        return limits
    }()

    /// The connection is cut while a manager closes that had just been given an item.
    @Test(arguments: TestServer.swift)
    func whatWasGivenToOneWhoClosesIsBackAfterACut(_ place: TestServer) async throws {
        try await place.run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            let other = try await server.connect()
            let queue = try await other.queue(of: Int.self, named: "items")
            for round in 0..<Self.cuts {
                let manager = try await Manager.connect(
                    to: forwarder.address, authkey: server.key, limits: Self.patient)
                let same = try await manager.queue(of: Int.self, named: "items")
                let getting = Task { try await same.get() }
                try await Task.sleep(for: .milliseconds(20))
                forwarder.swallow()
                try await queue.put(round)
                let closing = Task { await manager.close() }
                try await Task.sleep(for: .milliseconds(20))
                forwarder.pass()
                forwarder.cut()
                await closing.value
                let taken = try? await getting.value
                let left = try await queue.getNoWait()
                #expect([taken, left].compactMap { $0 } == [round])
            }
            await other.close()
            forwarder.stop()
        }
    }

    /// Managers that are closed while they are given items.
    @Test(arguments: TestServer.swift)
    func whatIsGivenToOneWhoClosesGoesBack(_ place: TestServer) async throws {
        try await place.run { server in
            let other = try await server.connect()
            let queue = try await other.queue(of: Int.self, named: "items")
            var all: [Int] = []
            for round in 0..<Self.cuts * 5 {
                let manager = try await server.connect { $0 = Self.patient }
                let same = try await manager.queue(of: Int.self, named: "items")
                let getting = Task { try await same.get() }
                async let put: Void = queue.put(round)
                let closing = Task { await manager.close() }
                // Also in a task that was cancelled.
                if round.isMultiple(of: 2) { closing.cancel() }
                await closing.value
                try await put
                if case .success(let item) = await getting.result { all.append(item) }
            }
            while let item = try await queue.getNoWait() { all.append(item) }
            #expect(all.sorted() == Array(0..<Self.cuts * 5))
            await other.close()
        }
    }

    /// Over a Unix socket; over TCP a server takes a client for dead whose main connection is gone,
    /// and what it held is free.
    @Test func aLockIsOnesAloneAndIsFreeAtTheEnd() async throws {
        try await TestServer.ours(isTCP: false).run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            let manager = try await Manager.connect(to: forwarder.address, authkey: server.key)
            let lock = try await manager.lock()
            let value = try await manager.value(0)
            try await whileCut(forwarder) { _ in
                try await lock.withLock { try await value.set(try await value.get() + 1) }
            }
            let count = try await value.get()
            #expect(count == Self.cuts * 20)
            let isFree = try await lock.tryAcquire()
            #expect(isFree)
            await manager.close()
            forwarder.stop()
        }
    }

    /// Over TCP a lock is free where its holder's connection is lost: the holder's end gives back
    /// no other's hold, and it is told.
    @Test func whoHasLostALockGivesBackNoOthers() async throws {
        try await TestServer.ours(isTCP: true).run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            let manager = try await Manager.connect(to: forwarder.address, authkey: server.key)
            let other = try await server.connect()
            let lock = try await other.lock(named: "lock")
            let permit = try await other.semaphore(1, named: "permit")
            let lost = try await manager.lock(named: "lock")
            let lostPermit = try await manager.semaphore(1, named: "permit")
            let holding = await code {
                try await lost.withLock { () async throws in
                    forwarder.cut()
                    #expect(try await lock.acquire(timeout: .seconds(60)))
                }
            }
            #expect(holding == .leaseLost)
            #expect(try await !lock.tryAcquire())
            let using = await code {
                try await lostPermit.withPermit { () async throws in
                    forwarder.cut()
                    #expect(try await permit.acquire(timeout: .seconds(60)))
                }
            }
            #expect(using == .leaseLost)
            #expect(try await !permit.tryAcquire())
            await manager.close()
            await other.close()
            forwarder.stop()
        }
    }
}

import Foundation
import Sockets
import Synchronization
import Testing

@testable import Processes

/// The word of a lock, which processes share.
@Suite(.timeLimit(.minutes(10)))
struct RobustLockTests {
    /// Two views of one block, as two processes have.
    private func views() throws -> (RobustLock, RobustLock) {
        let block = try MemoryBlock(byteCount: RobustLock.byteCount, name: "test")
        let other = try MemoryBlock(block.descriptor)
        return (RobustLock(in: block), RobustLock(in: other))
    }

    @Test func whatOneHasAnotherCannotTake() throws {
        let (one, other) = try views()
        #expect(one.tryAcquire())
        #expect(!other.tryAcquire())
        #expect(other.isLocked && other.isOwn)
        #expect(other.release())
        #expect(other.tryAcquire())
        #expect(!other.isInherited)
    }

    @Test func whatNobodyHasCannotBeReleased() throws {
        let (one, _) = try views()
        #expect(!one.release())
        #expect(one.tryAcquire())
    }

    @Test func aBlockingWaitEndsWithItsTime() throws {
        let (one, other) = try views()
        #expect(one.tryAcquire())
        let deadline = MonotonicClock.deadline(after: .milliseconds(20))
        #expect(!other.acquireBlocking(until: deadline))
        #expect(MonotonicClock.nanoseconds >= deadline)
    }

    @Test func aWaitEndsWithItsTime() async throws {
        let (one, other) = try views()
        #expect(one.tryAcquire())
        let deadline = MonotonicClock.deadline(after: .milliseconds(20))
        #expect(try await !other.acquire(until: deadline))
        #expect(MonotonicClock.nanoseconds >= deadline)
    }

    @Test func aWaitCanBeCancelledAndLeavesNothing() async throws {
        let (one, other) = try views()
        #expect(one.tryAcquire())
        let waiting = Task { try await other.acquire() }
        try await Task.sleep(for: .milliseconds(10))
        waiting.cancel()
        await #expect(throws: ProcessError.self) { try await waiting.value }
        #expect(one.release())
        #expect(other.tryAcquire())
    }

    @Test func tasksExcludeOneAnother() async throws {
        let (one, other) = try views()
        let count = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        count.initialize(to: 0)
        defer { count.deallocate() }
        let place = UInt(bitPattern: count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let lock = number % 2 == 0 ? one : other
                    for _ in 0..<1000 {
                        #expect(try await lock.acquire())
                        let count = try #require(UnsafeMutablePointer<Int>(bitPattern: place))
                        count.pointee += 1
                        lock.release()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(count.pointee == 8000)
    }

    @Test func threadsExcludeOneAnother() async throws {
        let (one, other) = try views()
        let (ends, end) = AsyncStream.makeStream(of: Int.self)
        let inside = Atomic<Int>(0)
        for number in 0..<4 {
            try DedicatedThread.start(name: "test") {
                let lock = number % 2 == 0 ? one : other
                var clashes = 0
                for _ in 0..<20_000 {
                    _ = lock.acquireBlocking()
                    clashes += inside.add(1, ordering: .relaxed).newValue - 1
                    inside.subtract(1, ordering: .relaxed)
                    lock.release()
                }
                end.yield(clashes)
            }
        }
        var threads = 0
        for await clashes in ends {
            #expect(clashes == 0)
            threads += 1
            if threads == 4 { break }
        }
    }

    @Test func manyTasksWaitForManyLocks() async throws {
        // More than the system waits for at once.
        let locks = try (0..<300).map { _ in try views().0 }
        for lock in locks { #expect(lock.tryAcquire()) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for lock in locks { group.addTask { try await lock.acquire() } }
            for lock in locks.reversed() { #expect(lock.release()) }
            for try await isTaken in group { #expect(isTaken) }
        }
        for lock in locks { #expect(lock.isLocked) }
    }
}

import Sockets
import Synchronization
import Testing

@Suite struct PollerTests {
    private func send(_ bytes: [UInt8], to descriptor: borrowing Descriptor) -> Transfer {
        bytes.withUnsafeBytes { descriptor.write($0) }
    }

    @Test func aReadyDescriptorComesWithItsToken() throws {
        let poller = try Poller()
        let pair = try Descriptor.pair()
        try poller.add(pair.first.raw, token: 7, interest: .read)
        var seen: [UInt64] = []
        try poller.wait(timeout: .zero) { token, _ in seen.append(token) }
        #expect(seen == [])
        #expect(send([1, 2, 3], to: pair.second) == .bytes(3))
        try poller.wait(timeout: nil) { token, ready in
            seen.append(token)
            #expect(ready.isReadable && !ready.isWritable && !ready.peerHasClosed)
        }
        #expect(seen == [7])
    }

    @Test func itIsLevelTriggered() throws {
        let poller = try Poller()
        let pair = try Descriptor.pair()
        try poller.add(pair.first.raw, token: 1, interest: .read)
        _ = send([1], to: pair.second)
        for _ in 0..<3 {
            var count = 0
            try poller.wait(timeout: .zero) { _, _ in count += 1 }
            #expect(count == 1)
        }
    }

    @Test func interestsChangeAndEnd() throws {
        let poller = try Poller()
        let pair = try Descriptor.pair()
        try poller.add(pair.first.raw, token: 1, interest: .read)
        try poller.modify(pair.first.raw, token: 2, interest: [.read, .write])
        var seen: [UInt64] = []
        try poller.wait(timeout: .zero) { token, ready in
            seen.append(token)
            #expect(ready.isWritable && !ready.isReadable)
        }
        #expect(seen == [2])
        poller.remove(pair.first.raw)
        try poller.wait(timeout: .zero) { token, _ in seen.append(token) }
        #expect(seen == [2])
    }

    @Test func thePeersEndIsReadableAndItsDeathAHangUp() throws {
        let poller = try Poller()
        let pair = try Descriptor.pair()
        try poller.add(pair.first.raw, token: 1, interest: [.read, .peerClosed])
        pair.second.finishWriting()
        try poller.wait(timeout: nil) { _, ready in
            #expect(ready.isReadable && ready.peerHasClosed && !ready.hasHungUp)
        }
        poller.remove(pair.first.raw)
        let survivor = try Descriptor.pair().split { first, _ in first }
        try poller.add(survivor.raw, token: 1, interest: [])
        try poller.wait(timeout: nil) { _, ready in #expect(ready.hasHungUp) }
    }

    @Test func theBodyMayChangeThePoller() throws {
        let poller = try Poller()
        let pair = try Descriptor.pair()
        try poller.add(pair.first.raw, token: 1, interest: .write)
        var count = 0
        for _ in 0..<2 {
            try poller.wait(timeout: .zero) { _, _ in
                count += 1
                poller.remove(pair.first.raw)
            }
        }
        #expect(count == 1)
    }

    @Test func moreEventsThanFitComeInTheNextRound() throws {
        let poller = try Poller(capacity: 1)
        let pair = try Descriptor.pair()
        try poller.add(pair.first.raw, token: 1, interest: .write)
        try poller.add(pair.second.raw, token: 2, interest: .write)
        var seen: Set<UInt64> = []
        for _ in 0..<2 {
            try poller.wait(timeout: .zero) { token, _ in seen.insert(token) }
        }
        #expect(seen == [1, 2])
    }

    @Test func aBellRungBeforeTheWaitEndsIt() throws {
        let poller = try Poller()
        poller.waker.wake()
        poller.waker.wake()
        #expect(try poller.wait(timeout: nil) { _, _ in })
        #expect(try !poller.wait(timeout: .zero) { _, _ in })
        poller.waker.wake()
        #expect(try poller.wait(timeout: nil) { _, _ in })
    }

    @Test func anotherThreadRingsTheBell() throws {
        let poller = try Poller()
        let left = Mutex(0)
        let rounds = 1000
        final class Mailbox: Sendable {
            let count = Mutex(0)
        }
        let mailbox = Mailbox()
        let waker = poller.waker
        try DedicatedThread.start(name: "ringer") {
            for _ in 0..<rounds {
                mailbox.count.withLock { $0 += 1 }
                waker.wake()
            }
        }
        while left.withLock({ $0 }) < rounds {
            try poller.wait(timeout: nil) { _, _ in }
            let taken = mailbox.count.withLock { count in
                defer { count = 0 }
                return count
            }
            left.withLock { $0 += taken }
        }
        #expect(left.withLock { $0 } == rounds)
    }

    @Test func waitingForAMomentReturnsWithNothing() throws {
        let poller = try Poller()
        #expect(try !poller.wait(timeout: .microseconds(10)) { _, _ in Issue.record("an event") })
        #expect(try !poller.wait(timeout: .milliseconds(-5)) { _, _ in Issue.record("an event") })
    }
}

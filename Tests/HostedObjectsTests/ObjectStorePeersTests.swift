import Pickle
import Testing

@testable import HostedObjects

/// What the dead held is free, and what the living hold is not.
@Suite struct ObjectStorePeersTests {
    private let store = TestStore()

    private func store(_ rule: ReleaseRule) -> TestStore {
        TestStore { $0.releaseRule = rule }
    }

    // MARK: Processes that are seen

    @Test func aLockOfAProcessThatDiesIsFree() {
        let lock = store.make("Lock")
        let process = store.process()
        process.incref(lock)
        let client = process.client()
        #expect(lock("acquire", by: client) == .returns(true))
        #expect(lock("acquire", false) == .returns(false))
        process.die(client)
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func itGoesToWhoHasWaitedLongest() {
        let lock = store.make("Lock")
        let process = store.process()
        process.incref(lock)
        let client = process.client()
        lock("acquire", by: client)
        let first = store.client()
        let second = store.client()
        #expect(lock("acquire", by: first) == .parked)
        #expect(lock("acquire", by: second) == .parked)
        process.die(client)
        #expect(first.mail == [.returns(true)])
        #expect(second.mail == [])
    }

    @Test func theEndOfAConnectionAloneFreesNothing() {
        let lock = store.make("Lock")
        let process = store.process()
        process.incref(lock)
        let thread = process.client()
        lock("acquire", by: thread)
        thread.disconnect()
        #expect(lock("acquire", false) == .returns(false))
        // Another of its threads may give it back.
        #expect(lock("release", by: process.client()) == .returns(.none))
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func whoHasSaidGoodbyeLeavesTheLockLocked() {
        let lock = store.make("Lock")
        let process = store.process()
        process.incref(lock)
        let client = process.client()
        lock("acquire", by: client)
        process.decref(lock)
        process.die(client)
        #expect(lock("acquire", false) == .returns(false))
        #expect(lock("release") == .returns(.none))
    }

    @Test func aConnectionThatOutlivesItsProcessKeepsWhatThatHeld() {
        let lock = store.make("Lock")
        let process = store.process()
        process.incref(lock)
        let inherited = process.client()
        lock("acquire", by: inherited)
        store.end(process.id)
        #expect(lock("acquire", false) == .returns(false))
        inherited.disconnect()
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func aLockThatWasGivenBackIsNotFreedAgain() {
        let lock = store.make("Lock")
        let process = store.process()
        process.incref(lock)
        let client = process.client()
        lock("acquire", by: client)
        lock("release", by: client)
        #expect(lock("acquire") == .returns(true))
        process.die(client)
        #expect(lock("acquire", false) == .returns(false))
    }

    @Test func aLockThatSomebodyElseGaveBackIsNoLongerTheHolders() {
        let lock = store.make("Lock")
        let process = store.process()
        process.incref(lock)
        let client = process.client()
        lock("acquire", by: client)
        lock("release")
        lock("acquire")
        process.die(client)
        #expect(lock("acquire", false) == .returns(false))
    }

    @Test func aLockGrantedToAWaiterIsTheWaiters() {
        let lock = store.make("Lock")
        lock("acquire")
        let process = store.process()
        process.incref(lock)
        let client = process.client()
        #expect(lock("acquire", by: client) == .parked)
        lock("release")
        #expect(client.mail == [.returns(true)])
        process.die(client)
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func theLockOfAConditionIsFreeToo() {
        let lock = store.make("Lock")
        let condition = store.make("Condition", lock.proxy(ofClass: "AcquirerProxy"))
        let process = store.process()
        process.incref(lock)
        process.incref(condition)
        let client = process.client()
        #expect(condition("acquire", by: client) == .returns(true))
        process.die(client)
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test(arguments: ["Semaphore", "BoundedSemaphore"])
    func permitsOfAProcessThatDiesGoBack(typeid: String) {
        let semaphore = store.make(typeid, 2)
        let process = store.process()
        process.incref(semaphore)
        let client = process.client()
        semaphore("acquire", by: client)
        semaphore("acquire", by: client)
        semaphore("release", by: client)
        semaphore("acquire", by: client)
        let waiter = store.client()
        #expect(semaphore("acquire", by: waiter) == .parked)
        process.die(client)
        #expect(waiter.mail == [.returns(true)])
        #expect(semaphore("acquire", false) == .returns(true))
        #expect(semaphore("acquire", false) == .returns(false))
    }

    @Test func permitsThatAreSignalsStayTaken() {
        let semaphore = store.make("Semaphore", 0)
        let consumer = store.process()
        consumer.incref(semaphore)
        let client = consumer.client()
        for _ in 0..<3 { semaphore("release") }
        for _ in 0..<2 { #expect(semaphore("acquire", by: client) == .returns(true)) }
        consumer.die(client)
        #expect(semaphore("acquire", false) == .returns(true))
        #expect(semaphore("acquire", false) == .returns(false))
    }

    @Test func roomInABufferThatOthersGiveBackStaysTaken() {
        let room = store.make("Semaphore", 3)
        let producer = store.process()
        producer.incref(room)
        let client = producer.client()
        for _ in 0..<3 { room("acquire", by: client) }
        // The consumer has taken an item out.
        room("release")
        producer.die(client)
        #expect(room("acquire", false) == .returns(true))
        #expect(room("acquire", false) == .returns(false))
    }

    // MARK: References

    /// Counted for one, dropped by another, again and again: nothing of that gathers.
    @Test func whatIsNotedOfObjectsThatAreGoneIsForgotten() {
        let process = store.process()
        for _ in 0..<5000 {
            let list = store.make("list")
            process.incref(list)
            for _ in 0..<2 { list.decref() }
        }
        #expect(store.notedReferences(of: process.id) < 200)
    }

    @Test func whatOnlyTheDeadReferredToGoes() {
        let process = store.process()
        let list = store.make("list")
        process.incref(list)
        list.decref()
        #expect(store.numberOfObjects == .returns(1))
        process.die()
        #expect(store.numberOfObjects == .returns(0))
        // A proxy of it may be on its way to somebody.
        #expect(list.isThere)
        store.advance(seconds: 61)
        #expect(!list.isThere)
    }

    @Test func whatOthersReferToStays() {
        let process = store.process()
        let list = store.make("list")
        process.incref(list)
        process.incref(list)
        process.die()
        store.advance(seconds: 200)
        #expect(list.isThere)
        #expect(store.numberOfObjects == .returns(1))
    }

    @Test func anObjectWhoseMakerDiesAtOnceGoes() {
        let process = store.process()
        let maker = store.connect(from: .process(process.id))
        maker.send(nil, "create", ["dict"])
        #expect(store.numberOfObjects == .returns(1))
        process.die(maker)
        #expect(store.numberOfObjects == .returns(0))
    }

    @Test func aReferenceThatAnotherDroppedIsNotDroppedTwice() {
        let process = store.process()
        let list = store.make("list")
        process.incref(list)
        process.incref(list)
        list.decref()
        // Counted for the one, dropped by the other: nobody knows whose the rest are.
        list.decref(from: .process(store.process().id))
        process.die()
        #expect(store.numberOfObjects == .returns(1))
    }

    @Test func aNamedObjectOutlivesAll() throws {
        try store.share("config", as: "dict")
        let process = store.process()
        let client = store.connect(from: .process(process.id))
        client.send(nil, "create", ["config"])
        process.die(client)
        store.advance(seconds: 200)
        #expect(store.verb("create", "config") != .parked)
    }

    // MARK: The other rules

    @Test func neverMeansNever() {
        let store = store(.never)
        let lock = store.make("Lock")
        let process = store.process()
        process.incref(lock)
        lock.decref()
        let client = process.client()
        lock("acquire", by: client)
        process.die(client)
        #expect(lock("acquire", false) == .returns(false))
        #expect(store.numberOfObjects == .returns(1))
    }

    @Test func anRLockAlwaysDiesWithItsConnection() {
        for rule in [ReleaseRule.never, .died, .disconnected] {
            let store = store(rule)
            let lock = store.make("RLock")
            let client = store.client()
            lock("acquire", by: client)
            client.disconnect()
            #expect(lock("acquire", false) == .returns(true))
        }
    }

    @Test func disconnectedMeansTheConnection() {
        let store = store(.disconnected)
        let lock = store.make("Lock")
        let semaphore = store.make("Semaphore", 1)
        let process = store.process()
        process.incref(lock)
        let thread = process.client()
        lock("acquire", by: thread)
        semaphore("acquire", by: thread)
        thread.disconnect()
        #expect(lock("acquire", false) == .returns(true))
        #expect(semaphore("acquire", false) == .returns(true))
    }
}

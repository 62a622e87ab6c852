import Pickle
import Testing

@testable import HostedObjects

/// What the living use stays, also where only the dead had counted it, and is held once only.
@Suite struct ObjectStoreSurvivorsTests {
    private let store = TestStore()
    private static let host = Origin.host(HostAddress([127, 0, 0, 1]))

    /// A list that only this process counts.
    private func list(of process: TestProcess) -> TestObject {
        let list = store.make("list")
        process.incref(list)
        list.decref()
        return list
    }

    // MARK: Children that count nothing themselves

    /// CPython's spawned children do not count what they inherit, and no child of `os.fork` does.
    @Test(arguments: ["SpawnProcess-1", "Process-1", "MainProcess", "MainProcess|Thread-1"])
    func whatAnOrphanUsesStays(name: String) {
        let parent = store.process()
        let list = list(of: parent)
        let heir = store.process()
        let child = store.client(from: .process(heir.id), named: name)
        list("append", 1, by: child)
        parent.die()
        for _ in 0..<40 {
            store.advance(seconds: 30)
            #expect(list("__len__", by: child) == .returns(1))
        }
        child.disconnect()
        heir.die()
        for _ in 0..<40 { store.advance(seconds: 30) }
        #expect(!list.isThere)
    }

    @Test func whatAnOrphanUsesThatConnectsLaterStays() {
        let parent = store.process()
        let list = list(of: parent)
        parent.die()
        store.advance(seconds: 30)
        let child = store.process().client()
        for _ in 0..<40 {
            #expect(list("append", 1, by: child) == .returns(.none))
            store.advance(seconds: 30)
        }
    }

    @Test func whatASpawnedChildHasCalledWaitsForItsNextCall() {
        let parent = store.process()
        let list = list(of: parent)
        let child = store.client(from: .process(store.process().id), named: "SpawnProcess-1")
        list("append", 1, by: child)
        parent.die()
        for _ in 0..<100 { store.advance(seconds: 60) }
        #expect(list("__len__", by: child) == .returns(1))
    }

    @Test func whatAnOrphanLendsIsNotDroppedWhenItComesBack() {
        let parent = store.process()
        let list = list(of: parent)
        let child = store.process().client()
        list("append", 1, by: child)
        parent.die()
        let borrower = store.process()
        borrower.incref(list)
        borrower.decref(list)
        #expect(list("__len__", by: child) == .returns(1))
    }

    // MARK: Heirs that come late

    /// A daemon whose parent has made what it uses, and has ended: it calls for the first time
    /// after hours, in connections of its threads.
    @Test func whatTheDeadLeaveWaitsForADay() {
        let store = TestStore(limits: StoreLimits())
        let day = StoreLimits().orphanGrace
        let (parent, daemon) = (store.process(), store.process())
        let lists = (store.make("list"), store.make("list"))
        for list in [lists.0, lists.1] {
            parent.incref(list)
            list.decref()
        }
        parent.die()
        store.advance(seconds: day - 60)
        for _ in 0..<50 {
            let thread = store.client(from: .process(daemon.id), named: "MainProcess|Thread-1")
            #expect(lists.0("append", 1, by: thread) == .returns(.none))
            thread.disconnect()
            store.advance(seconds: day / 10)
        }
        #expect(store.objectCount == 1)
        #expect(store.numberOfObjects == .returns(1))
        daemon.die()
        store.advance(seconds: day - 60)
        #expect(store.objectCount == 1)
        for _ in 0..<3 { store.advance(seconds: 60) }
        #expect(store.objectCount == 0)
    }

    @Test(arguments: [true, false])
    func theyMakeRoomWhereThatIsShort(isShort: Bool) {
        let store = TestStore {
            $0.orphanGrace = 86_400
            $0.objects = isShort ? 3 : 4
        }
        let parent = store.process()
        for _ in 0..<2 {
            let list = store.make("list")
            parent.incref(list)
            list.decref()
        }
        parent.die()
        for _ in 0..<3 { store.advance(seconds: 60) }
        #expect(store.objectCount == (isShort ? 0 : 2))
    }

    /// A child of `os.fork` is called as its parent; its end looks like that of who has counted.
    @Test func aForkedChildBehindANetworkTakesNothingWithIt() {
        let store = TestStore(limits: StoreLimits())
        let list = store.make("list")
        list.incref(from: Self.host)
        list.decref()
        let child = store.client(from: Self.host, named: "MainProcess")
        #expect(list("append", 1, by: child) == .returns(.none))
        child.disconnect()
        for _ in 0..<23 {
            store.advance(seconds: 3600)
            #expect(list.isThere)
        }
        let parent = store.client(from: Self.host, named: "MainProcess")
        #expect(list("__len__", by: parent) == .returns(1))
    }

    // MARK: Behind a network

    @Test func whatSeemsDroppedIsNotDroppedWithTheNextReference() {
        let list = store.make("list")
        list.incref(from: Self.host)
        list.decref()
        let living = store.client(from: Self.host, named: "MainProcess|Thread-1")
        list("append", 1, by: living)
        let dead = store.client(from: Self.host, named: "MainProcess")
        list("append", 2, by: dead)
        dead.disconnect()
        list.incref(from: Self.host)
        list.decref(from: Self.host)
        #expect(list("__len__", by: living) == .returns(2))
    }

    // MARK: Permits

    @Test(arguments: ["Semaphore", "BoundedSemaphore"])
    func aPermitThatWasGivenBackIsNotGivenBackAgain(typeid: String) {
        let semaphore = store.make(typeid, 1)
        let client = store.client()
        semaphore("acquire", by: client)
        semaphore("release", by: client)
        // None of the two replies has reached it.
        store.lose(client)
        client.disconnect()
        #expect(semaphore("acquire", false) == .returns(true))
        #expect(semaphore("acquire", false) == .returns(false))
    }

    @Test(arguments: ["Semaphore", "BoundedSemaphore"])
    func aPermitThatTheDeadHeldIsNotGivenBackAgain(typeid: String) {
        let store = TestStore { $0.releaseRule = .disconnected }
        let semaphore = store.make(typeid, 1)
        semaphore("acquire")
        let waiter = store.client()
        #expect(semaphore("acquire", by: waiter) == .parked)
        semaphore("release")
        waiter.disconnect()
        store.lose(waiter)
        #expect(semaphore("acquire", false) == .returns(true))
        #expect(semaphore("acquire", false) == .returns(false))
    }
}

import Pickle
import Testing

@testable import HostedObjects

/// Of processes behind a network only the connections are seen.
@Suite struct ObjectStoreHostsTests {
    private let store = TestStore()
    private static let host = Origin.host(HostAddress([127, 0, 0, 1]))

    @Test func overTheNetworkTheMainThreadsConnectionIsTheProcess() {
        let lock = store.make("Lock")
        lock.incref(from: Self.host)
        let client = store.client(from: Self.host, named: "MainProcess")
        lock("acquire", by: client)
        client.disconnect()
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func aChildThatCountsWhatItInheritsIsSeenToDie() {
        let lock = store.make("Lock")
        for _ in 0..<2 { lock.incref(from: Self.host) }
        store.advance(seconds: 1)
        let child = store.client(from: Self.host, named: "Process-1")
        lock("acquire", by: child)
        child.disconnect()
        #expect(lock("acquire", false) == .returns(true))
    }

    /// CPython spawns such children since 3.9: nothing tells their death from their orderly end.
    @Test func aChildThatDoesNotCountWhatItInheritsTakesNothingAlong() {
        let lock = store.make("Lock")
        let list = store.make("list")
        for object in [lock, list] {
            object.incref(from: Self.host)
            object.decref()
        }
        store.advance(seconds: 1)
        for name in ["SpawnProcess-1", "Process-2"] {
            let child = store.client(from: Self.host, named: name)
            lock("acquire", false, by: child)
            list("append", 1, by: child)
            child.disconnect()
        }
        #expect(lock("acquire", false) == .returns(false))
        #expect(store.numberOfObjects == .returns(2))
    }

    @Test func theEndOfAChildThatCountsNothingTakesNothingOfItsParents() {
        let list = store.make("list")
        let lock = store.make("Lock")
        for object in [list, lock] {
            // Two proxies of the parent's.
            object.incref(from: Self.host)
            object.incref(from: Self.host)
            object.decref()
        }
        store.advance(seconds: 1)
        let parent = store.client(from: Self.host, named: "MainProcess")
        list("append", 1, by: parent)
        lock("locked", by: parent)
        let child = store.client(from: Self.host, named: "SpawnProcess-1")
        list("append", 2, by: child)
        lock("acquire", by: child)
        child.disconnect()
        #expect(lock("release", by: parent) == .returns(.none))
        list.decref(from: Self.host)
        #expect(list("__len__", by: parent) == .returns(2))
        #expect(store.numberOfObjects == .returns(2))
    }

    @Test func anObjectThatSeemsDroppedLivesWhileSomebodyWhoCalledItIsThere() {
        let list = store.make("list")
        list.incref(from: Self.host)
        list.decref()
        let living = store.client(from: Self.host, named: "Process-2|Thread-1")
        list("append", 1, by: living)
        let dead = store.client(from: Self.host, named: "MainProcess")
        list("append", 2, by: dead)
        dead.disconnect()
        #expect(store.numberOfObjects == .returns(0))
        for _ in 0..<100 { store.advance(seconds: 60) }
        #expect(list("__len__", by: living) == .returns(2))
        living.disconnect()
        for _ in 0..<100 { store.advance(seconds: 60) }
        #expect(!list.isThere)
    }

    @Test func whoIsKilledHoldsNothingEvenIfItCountedNothing() {
        let lock = store.make("Lock")
        let process = store.process()
        let client = process.client()
        lock("acquire", by: client)
        client.disconnect()
        store.end(process.id, wasKilled: true)
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test(arguments: ["MainProcess|Thread-1", "a client of another kind", "worker"])
    func otherConnectionsAreNot(name: String) {
        let lock = store.make("Lock")
        lock.incref(from: Self.host)
        let client = store.client(from: Self.host, named: name)
        lock("acquire", by: client)
        client.disconnect()
        #expect(lock("acquire", false) == .returns(false))
    }

    @Test func whoHasSaidGoodbyeOverTheNetworkLeavesTheLockLocked() {
        let lock = store.make("Lock")
        lock.incref(from: Self.host)
        lock.incref(from: Self.host)
        let client = store.client(from: Self.host, named: "MainProcess")
        lock("acquire", by: client)
        lock.decref(from: Self.host)
        client.disconnect()
        #expect(lock("acquire", false) == .returns(false))
    }

    @Test func theGoodbyeOfAnotherProcessIsNotTakenForIt() {
        let lock = store.make("Lock")
        lock.incref(from: Self.host)
        lock.incref(from: Self.host)
        let holder = store.client(from: Self.host, named: "MainProcess")
        let other = store.client(from: Self.host, named: "ForkProcess-2")
        lock("acquire", by: holder)
        lock("acquire", false, by: other)
        lock.decref(from: Self.host)
        other.disconnect()
        holder.disconnect()
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func aGoodbyeIsForgottenAfterAWhile() {
        let lock = store.make("Lock")
        lock.incref(from: Self.host)
        lock.incref(from: Self.host)
        let holder = store.client(from: Self.host, named: "MainProcess")
        lock("acquire", by: holder)
        lock.decref(from: Self.host)
        store.advance(seconds: 11)
        holder.disconnect()
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func overTheNetworkReferencesOfTheDeadAreDroppedWhereItIsClearWhoseTheyAre() {
        let mine = store.make("list")
        mine.incref(from: Self.host)
        mine.decref()
        let shared = store.make("list")
        shared.incref(from: Self.host)
        shared.incref(from: Self.host)
        shared.decref()
        let unclear = store.make("list")
        unclear.incref(from: Self.host)
        unclear.incref(from: Self.host)
        unclear.decref()
        let client = store.client(from: Self.host, named: "MainProcess")
        for list in [mine, shared, unclear] { list("append", 1, by: client) }
        unclear.decref(from: Self.host)
        client.disconnect()
        #expect(store.numberOfObjects == .returns(2))
        for _ in 0..<20 { store.advance(seconds: 60) }
        #expect(!mine.isThere)
        #expect(shared.isThere)
        #expect(unclear.isThere)
    }

    @Test func whatItNeverCalledIsNotKnownToBeItsOwn() {
        let list = store.make("list")
        list.incref(from: Self.host)
        list.decref()
        store.client(from: Self.host, named: "MainProcess").disconnect()
        #expect(store.numberOfObjects == .returns(1))
    }

    // MARK: Processes that announce themselves

    @Test func whoAnnouncesItselfMayAskVerbsOnItsLine() {
        let line = store.client(from: Self.host, named: "swift#1f")
        guard case .returns(let made) = line.send(nil, "create", ["list"]),
            case .tuple(let parts) = made.kind, let ident = parts[0].string
        else {
            Issue.record("nothing was made")
            return
        }
        #expect(line.send(ident, "append", [7]) == .returns(.none))
        #expect(line.send(nil, "number_of_objects") == .returns(1))
        #expect(line.send(nil, "decref", [.str(PickleString(ident))]) == .returns(.none))
        #expect(line.send(nil, "number_of_objects") == .returns(0))
    }

    @Test func othersMayNot() {
        let line = store.client(named: "MainProcess")
        #expect(line.send(nil, "number_of_objects") != .returns(0))
    }

    @Test func anAnnouncedProcessIsGoneWithItsMainLine() {
        let main = store.client(from: Self.host, named: "swift#1f")
        let other = store.client(from: Self.host, named: "swift#1f|line")
        let lock = store.make("Lock")
        main.send(nil, "incref", [.str(PickleString(lock.ident))])
        lock("acquire", by: other)
        other.disconnect()
        #expect(lock("acquire", false) == .returns(false))
        main.disconnect()
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func anAnnouncedProcessThatComesBackIsAnother() {
        let main = store.client(from: Self.host, named: "swift#1f")
        let lock = store.make("Lock")
        main.send(nil, "incref", [.str(PickleString(lock.ident))])
        lock("acquire", by: main)
        main.disconnect()
        let again = store.client(from: Self.host, named: "swift#1f")
        #expect(lock("acquire", false, by: again) == .returns(true))
    }

    /// It counts anew what it has; what it had counted before would stay else.
    @Test func whoComesBackBeforeItsEndIsSeenIsNotCountedTwice() {
        let main = TaggedClient(store, from: Self.host, named: "swift#1f", line: 1)
        let (list, lock) = (store.make("list"), store.make("Lock"))
        main.verb("incref", .str(PickleString(list.ident)))
        main.verb("incref", .str(PickleString(lock.ident)))
        main.send(1, lock, "acquire")
        let again = TaggedClient(store, from: Self.host, named: "swift#1f", line: 2)
        again.verb("incref", .str(PickleString(list.ident)))
        list.decref()
        #expect(lock("acquire", false) == .returns(true))
        #expect(main.send(1, list, "append", 1) == nil)
        #expect(list.isThere)
        again.client.disconnect()
        store.advance(seconds: 3600)
        #expect(!list.isThere)
    }

    @Test func oneThatComesLateEndsNoLaterOne() {
        let second = TaggedClient(store, from: Self.host, named: "swift#1f", line: 2)
        let first = TaggedClient(store, from: Self.host, named: "swift#1f", line: 1)
        let list = store.make("list")
        first.client.disconnect()
        #expect(second.send(1, list, "append", 1) != nil)
    }

    /// `Process(name='worker#3')`, in two programs of one host.
    @Test func aNameThatAnotherHasEndsNobody() {
        let (one, other) = (
            store.client(from: Self.host, named: "worker#3"),
            store.client(from: Self.host, named: "worker#3")
        )
        let list = store.make("list")
        #expect(list("append", 1, by: one) == .returns(.none))
        #expect(list("append", 2, by: other) == .returns(.none))
    }

    @Test func linesGoWithTheMainLineThatTheyCameWith() {
        let main = TaggedClient(store, from: Self.host, named: "swift#1f", line: 1)
        let line = store.client(from: Self.host, named: "swift#1f|line")
        let again = TaggedClient(store, from: Self.host, named: "swift#1f", line: 2)
        let other = store.client(from: Self.host, named: "swift#1f|line")
        let lock = store.make("Lock")
        again.verb("incref", .str(PickleString(lock.ident)))
        lock("acquire", by: other)
        main.client.disconnect()
        line.disconnect()
        other.disconnect()
        #expect(lock("acquire", false) == .returns(false))
        again.client.disconnect()
        #expect(lock("acquire", false) == .returns(true))
    }

    /// Else what it holds would be nobody's, and never free again.
    @Test func theOtherLinesOfAnAnnouncedProcessEndWithItsMainLine() {
        let main = store.client(from: Self.host, named: "swift#1f")
        let other = store.client(from: Self.host, named: "swift#1f|line")
        let waits = TaggedClient(store, from: Self.host, named: "swift#1f|line")
        let lock = store.make("Lock")
        main.send(nil, "incref", [.str(PickleString(lock.ident))])
        lock("acquire", by: main)
        waits.send(1, lock, "acquire")
        main.disconnect()
        #expect(store.waitingCalls == 0)
        #expect(lock("acquire", false, by: other) == .hangUp)
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func theOtherLinesOfWhoHeldNothingGoOn() {
        let main = store.client(from: Self.host, named: "swift#1f")
        let other = store.client(from: Self.host, named: "swift#1f|line")
        let lock = store.make("Lock")
        lock("acquire")
        #expect(lock("acquire", by: other) == .parked)
        main.disconnect()
        #expect(lock("release") == .none)
        #expect(other.mail == [.returns(true)])
        other.disconnect()
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func aLineWithoutItsMainLineHoldsNothingBeyondItsEnd() {
        let lock = store.make("Lock")
        let line = store.client(from: Self.host, named: "swift#1f|line")
        lock("acquire", by: line)
        line.disconnect()
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func aLineWithoutItsMainLineDropsNothingOfOthers() {
        let object = store.make("list")
        let line = store.client(from: Self.host, named: "swift#1f|line")
        line.send(nil, "decref", [.str(PickleString(object.ident))])
        #expect(object.isThere)
        line.send(nil, "incref", [.str(PickleString(object.ident))])
        line.send(nil, "decref", [.str(PickleString(object.ident))])
        object.decref()
        #expect(!object.isThere)
    }
}

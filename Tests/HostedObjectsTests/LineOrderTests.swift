import Pickle
import Testing

@testable import HostedObjects

/// Who waits is served in the order of coming, whatever kind of connection it comes on, and whoever
/// leaves the line meanwhile: a promise (docs/PROTOCOL.md).
@Suite struct LineOrderTests {
    /// Somebody who waits: on a plain connection, or under a tag of one that all tagged share.
    private enum Caller {
        case plain(TestClient)
        case tagged(TaggedClient, tag: UInt32, owner: UInt32)
    }

    private let store = TestStore()
    private let shared: TaggedClient

    init() {
        shared = TaggedClient(store)
    }

    /// Nine callers, plain and tagged ones in turn, of which every third will leave.
    private func callers(owners: Bool = false) -> [Caller] {
        (0..<9).map { index in
            index.isMultiple(of: 2)
                ? .plain(store.client())
                : .tagged(shared, tag: UInt32(index), owner: owners ? UInt32(index) : 0)
        }
    }

    private func call(
        _ caller: Caller, _ object: TestObject, _ method: String, _ arguments: [PickleValue] = []
    ) {
        switch caller {
        case .plain(let client): client.send(object.ident, method, arguments)
        case .tagged(let client, let tag, let owner):
            let request = PickleValue.tuple([
                .str(PickleString(object.ident)), .str(method), .tuple(arguments), .dict([]),
            ])
            _ = client.send(TaggedClient.word(tag) + TaggedClient.word(owner) + request.pickled())
        }
    }

    private func leave(_ caller: Caller) {
        switch caller {
        case .plain(let client): client.disconnect()
        case .tagged(let client, let tag, _): client.order(.cancel, tag)
        }
    }

    /// Whether a reply has come to it.
    private func isServed(_ caller: Caller) -> Bool {
        switch caller {
        case .plain(let client): !client.mail.isEmpty
        case .tagged(_, let tag, _): served.contains(tag)
        }
    }

    private var served: Set<UInt32> { Set(store.deliveredTags) }

    /// Lets all wait, the third, sixth and ninth leave, and serves one after the other.
    private func checkOrder(
        owners: Bool = false, of object: TestObject, _ method: String,
        _ arguments: (Int) -> [PickleValue] = { _ in [] },
        serve: (Caller?) -> Void
    ) {
        let all = callers(owners: owners)
        for (index, caller) in all.enumerated() { call(caller, object, method, arguments(index)) }
        var staying: [Caller] = []
        for (index, caller) in all.enumerated() {
            if index % 3 == 2 { leave(caller) } else { staying.append(caller) }
        }
        var before: Caller?
        for (index, caller) in staying.enumerated() {
            serve(before)
            #expect(isServed(caller), "the \(index)th")
            for later in staying[(index + 1)...] {
                #expect(!isServed(later), "one behind the \(index)th")
            }
            before = caller
        }
    }

    @Test(arguments: ["Lock", "RLock", "Semaphore", "BoundedSemaphore"])
    func locksGoToWhoHasWaitedLongest(typeid: String) {
        let object =
            typeid.hasSuffix("Semaphore") ? store.make(typeid, 1) : store.make(typeid)
        object("acquire")
        checkOrder(owners: typeid == "RLock", of: object, "acquire") { holder in
            guard let holder else {
                _ = object("release")
                return
            }
            call(holder, object, "release")
        }
    }

    @Test func aLapsedLeasePassesOnInOrder() {
        let lock = store.make("Lock")
        lock("acquire_token", true, .none, 10)
        checkOrder(
            of: lock, "acquire_token", { _ in [true, .none, 10] },
            serve: { _ in store.advance(seconds: 10) })
    }

    @Test func itemsGoToWhoHasWaitedLongest() {
        let queue = store.make("Queue")
        checkOrder(of: queue, "get") { _ in queue("put", "item") }
    }

    @Test func roomGoesToWhoHasWaitedLongest() {
        let queue = store.make("Queue", 1)
        queue("put", -1)
        var items: [Reply] = []
        checkOrder(
            of: queue, "put", { [.int($0)] }, serve: { _ in items.append(queue("get")) })
        #expect(items == [-1, 0, 1, 3, 4, 6].map { .returns(.int($0)) })
        #expect(queue("get") == .returns(7))
    }

    @Test func notificationsGoToWhoHasWaitedLongest() {
        let condition = store.make("Condition")
        let all = callers(owners: true)
        for caller in all {
            call(caller, condition, "acquire")
            call(caller, condition, "wait")
        }
        for (index, caller) in all.enumerated() where index % 3 == 2 { leave(caller) }
        let staying = all.enumerated().filter { $0.offset % 3 != 2 }.map(\.element)
        let notifier = store.client()
        // Cleared of what acquiring was answered.
        for caller in staying { _ = isServed(caller) }
        store.forgetDeliveredTags()
        for (index, caller) in staying.enumerated() {
            condition("acquire", by: notifier)
            condition("notify", by: notifier)
            condition("release", by: notifier)
            #expect(isServed(caller), "the \(index)th")
            for later in staying[(index + 1)...] { #expect(!isServed(later)) }
            call(caller, condition, "release")
        }
    }

    @Test func partiesAreNumberedAsTheyCome() {
        let barrier = store.make("Barrier", 7)
        let all = callers()
        for caller in all { call(caller, barrier, "wait") }
        // Seven were there; the last two begin anew.
        #expect(all.prefix(6).allSatisfy(isServed))
        #expect(barrier("__getattribute__", "n_waiting") == .returns(2))
        for caller in all.suffix(2) { leave(caller) }
        let late = (0..<7).map { _ in store.client() }
        for client in late.dropLast() { #expect(barrier("wait", by: client) == .parked) }
        #expect(barrier("wait", by: late[6]) == .returns(6))
        for (index, client) in late.dropLast().enumerated() {
            #expect(client.mail == [.returns(.int(index))])
        }
    }

    @Test func whoTakesWhatComesBackIsWhoHasWaitedLongest() {
        let queue = store.make("Queue")
        let (first, second, third) = (store.client(), store.client(), store.client())
        queue("put", "item")
        #expect(queue("get", by: first) == .returns("item"))
        #expect(queue("get", by: second) == .parked)
        #expect(queue("get", by: third) == .parked)
        store.lose(first)
        #expect(second.mail == [.returns("item")])
        #expect(third.mail == [])
    }

    @Test func whatComesBackAtOnceComesInTheOrderOfItsQueue() {
        let queue = store.make("Queue")
        let (first, second, third) = (store.client(), store.client(), store.client())
        for item in 1...2 { queue("put", .int(item)) }
        #expect(queue("get", by: first) == .returns(1))
        #expect(queue("get", by: second) == .returns(2))
        #expect(queue("get", by: third) == .parked)
        // As where one client had got the second item before the first one came back.
        store.lose(second, first)
        #expect(third.mail == [.returns(1)])
        #expect(queue("get") == .returns(2))
    }
}

import Pickle
import Testing

@testable import HostedObjects

/// Grants that are known by their tokens, and leases.
@Suite struct GrantingTests {
    private let store = TestStore()
    private let alice: TestClient
    private let bob: TestClient
    private let carol: TestClient

    init() {
        alice = store.client()
        bob = store.client()
        carol = store.client()
    }

    private static let over = "the grant %d is over: its lease ran out, or it was given back"

    private func isOver(_ token: Int) -> Reply {
        .raises("RuntimeError", Self.over.replacing("%d", with: "\(token)"))
    }

    private func make(_ typeid: String) -> TestObject {
        typeid.hasSuffix("Semaphore") ? store.make(typeid, 1) : store.make(typeid)
    }

    // MARK: Tokens

    @Test(arguments: ["Lock", "RLock", "Semaphore", "BoundedSemaphore"])
    func tokensOnlyGrow(typeid: String) {
        let object = make(typeid)
        #expect(object("acquire_token", by: alice) == .returns(1))
        #expect(object("acquire_token", by: bob) == .parked)
        #expect(object("release_token", 1, by: alice) == .none)
        #expect(bob.mail == [.returns(2)])
        // A grant without a token takes one too.
        #expect(object("release_token", 2, by: bob) == .none)
        #expect(object("acquire", by: carol) == .returns(true))
        #expect(object("release", by: carol) == .none)
        #expect(object("acquire_token", by: carol) == .returns(4))
    }

    @Test func allObjectsShareThem() {
        #expect(store.make("Lock")("acquire_token") == .returns(1))
        #expect(store.make("Semaphore")("acquire_token") == .returns(2))
        #expect(store.make("RLock")("acquire_token") == .returns(3))
    }

    @Test func theyGoOnAfterWhatAnEarlierServerGave() {
        let later = TestStore(lastToken: 1_000_000)
        #expect(later.make("Lock")("acquire_token") == .returns(1_000_001))
    }

    @Test func whatPythonNamesDoesNotListThem() {
        let lock = store.make("Lock")
        let exposed = store.verb(
            "get_methods",
            .token(ManagerToken(typeID: "Lock", address: "/tmp/manager.sock", id: lock.ident)))
        #expect(exposed == .returns(.tuple(["acquire", "release"])))
    }

    @Test func whoIsNotGrantedGetsNone() {
        let lock = store.make("Lock")
        lock("acquire", by: alice)
        #expect(lock("acquire_token", false, by: bob) == .none)
        #expect(lock("acquire_token", true, 0.5, by: bob) == .parked)
        store.advance(seconds: 1)
        #expect(bob.mail == [.none])
        #expect(lock("acquire_token", named: ["timeout": .none, "blocking": false]) == .none)
    }

    @Test func theHolderMayAskForIt() {
        let (lock, rlock) = (store.make("Lock"), store.make("RLock"))
        #expect(lock("token") == .none)
        lock("acquire", by: alice)
        rlock("acquire", by: alice)
        #expect(lock("token", by: alice) == .returns(1))
        #expect(rlock("token", by: alice) == .returns(2))
        #expect(rlock("token", by: bob) == .none)
    }

    @Test(arguments: ["Lock", "RLock", "Semaphore", "BoundedSemaphore"])
    func nobodyGivesBackWhatIsAnothers(typeid: String) {
        let object = make(typeid)
        object("acquire_token", by: alice)
        object("release_token", 1, by: alice)
        object("acquire_token", by: bob)
        #expect(object("release_token", 1, by: alice) == isOver(1))
        #expect(object("renew_token", 1, 5, by: alice) == isOver(1))
        #expect(object("acquire", false, by: carol) == .returns(false))
        #expect(object("release_token", 2, by: bob) == .none)
    }

    @Test func anRLockAcquiredOnceMoreIsTheSameGrant() {
        let lock = store.make("RLock")
        #expect(lock("acquire_token", by: alice) == .returns(1))
        #expect(lock("acquire_token", by: alice) == .returns(1))
        lock("release_token", 1, by: alice)
        #expect(lock("acquire", false, by: bob) == .returns(false))
        lock("release_token", 1, by: alice)
        #expect(lock("acquire_token", false, by: bob) == .returns(2))
    }

    @Test func allPartiesOfABarrierGetTheSame() {
        let barrier = store.make("Barrier", 2)
        #expect(barrier("wait_token", by: alice) == .parked)
        #expect(barrier("wait_token", by: bob) == .returns(.tuple([1, 1])))
        #expect(alice.mail == [.returns(.tuple([0, 1]))])
        #expect(barrier("wait", by: alice) == .parked)
        #expect(barrier("wait_token", by: bob) == .returns(.tuple([1, 2])))
        #expect(alice.mail == [.returns(0)])
    }

    // MARK: Leases

    @Test(arguments: ["Lock", "RLock", "Semaphore", "BoundedSemaphore"])
    func aLeaseThatRunsOutEndsTheGrant(typeid: String) {
        let object = make(typeid)
        #expect(object("acquire_token", true, .none, 10, by: alice) == .returns(1))
        #expect(object("acquire", by: bob) == .parked)
        #expect(object("acquire_token", by: carol) == .parked)
        store.advance(seconds: 9.9)
        #expect(bob.mail == [])
        store.advance(seconds: 0.1)
        #expect(bob.mail == [.returns(true)])
        #expect(carol.mail == [])
        #expect(object("release_token", 1, by: alice) == isOver(1))
        #expect(object("release", by: bob) == .none)
        #expect(carol.mail == [.returns(3)])
        #expect(store.nextDeadline == nil)
    }

    @Test(arguments: ["Lock", "RLock", "Semaphore"])
    func aRenewedLeaseLastsOn(typeid: String) {
        let object = make(typeid)
        object("acquire_token", true, .none, 10, by: alice)
        for _ in 0..<5 {
            store.advance(seconds: 6)
            #expect(object("renew_token", 1, 10, by: alice) == .none)
        }
        #expect(object("acquire", false, by: bob) == .returns(false))
        store.advance(seconds: 10)
        #expect(object("renew_token", 1, 10, by: alice) == isOver(1))
        #expect(object("acquire", false, by: bob) == .returns(true))
    }

    @Test func aRenewalNeverShortens() {
        let lock = store.make("Lock")
        lock("acquire_token", true, .none, 10)
        lock("renew_token", 1, 1)
        store.advance(seconds: 5)
        #expect(lock("acquire", false) == .returns(false))
    }

    @Test func theLeaseOfWhoWaitsBeginsWithTheGrant() {
        let lock = store.make("Lock")
        lock("acquire_token", true, .none, 10, by: alice)
        #expect(lock("acquire_token", true, .none, 10, by: bob) == .parked)
        store.advance(seconds: 10)
        #expect(bob.mail == [.returns(2)])
        store.advance(seconds: 9)
        #expect(lock("renew_token", 2, 10, by: bob) == .none)
    }

    @Test func whoeverWaitedInTimeGetsWhatWasFreeInTime() {
        let lock = store.make("Lock")
        lock("acquire_token", true, .none, 3, by: alice)
        #expect(lock("acquire", true, 5, by: bob) == .parked)
        #expect(lock("acquire", true, 2, by: carol) == .parked)
        // The server was held up meanwhile.
        store.advance(seconds: 60)
        #expect(bob.mail == [.returns(true)])
        #expect(carol.mail == [.returns(false)])
    }

    @Test func aGrantThatIsGivenBackNeedsNoLease() {
        let lock = store.make("Lock")
        lock("acquire_token", true, .none, 10, by: alice)
        lock("release", by: alice)
        lock("acquire", by: bob)
        store.advance(seconds: 60)
        #expect(lock("acquire", false, by: carol) == .returns(false))
        #expect(store.nextDeadline == nil)
    }

    @Test func theLeaseOfAnInnerHoldEndsWithIt() {
        let lock = store.make("RLock")
        lock("acquire", by: alice)
        #expect(lock("acquire_token", true, .none, 10, by: alice) == .returns(1))
        #expect(lock("release_token", 1, by: alice) == .none)
        store.advance(seconds: 60)
        #expect(lock("acquire", false, by: bob) == .returns(false))
        #expect(lock("release", by: alice) == .none)
    }

    /// Nobody tells which hold is given back: so the longest lease is kept.
    @Test func anRLockThatIsHeldStillKeepsItsLongestLease() {
        let lock = store.make("RLock")
        lock("acquire_token", true, .none, 1, by: alice)
        lock("acquire_token", true, .none, 30, by: alice)
        #expect(lock("release_token", 1, by: alice) == .none)
        store.advance(seconds: 29)
        #expect(lock("acquire", false, by: bob) == .returns(false))
        store.advance(seconds: 2)
        #expect(lock("acquire", false, by: bob) == .returns(true))
    }

    @Test func onlyItsOwnerRenewsAnRLockOrGivesItBack() {
        let lock = store.make("RLock")
        lock("acquire_token", true, .none, 10, by: alice)
        #expect(lock("release_token", 1, by: bob) == isOver(1))
        #expect(lock("renew_token", 1, 10, by: bob) == isOver(1))
        #expect(lock("acquire", false, by: bob) == .returns(false))
    }

    @Test(arguments: ["Lock", "RLock", "Semaphore"])
    func nobodyGivesAHoldALeaseThatHasNone(typeid: String) {
        let object = make(typeid)
        object("acquire_token", by: alice)
        for client in [alice, bob] {
            let reply = object("renew_token", 1, 1, by: client)
            #expect(reply != .none)
        }
        store.advance(seconds: 60)
        #expect(object("acquire", false, by: bob) == .returns(false))
    }

    @Test func aLapsedRLockIsLostAltogether() {
        let lock = store.make("RLock")
        lock("acquire_token", true, .none, 10, by: alice)
        lock("acquire", by: alice)
        store.advance(seconds: 10)
        #expect(lock("acquire_token", by: bob) == .returns(2))
        #expect(
            lock("release", by: alice)
                == .raises("RuntimeError", "cannot release un-acquired lock"))
    }

    @Test func aDroppedLockLeavesNoLeaseBehind() {
        for typeid in ["Lock", "RLock", "Semaphore"] {
            let object = make(typeid)
            object("acquire_token", true, .none, 10)
            object.decref()
        }
        #expect(store.nextDeadline == nil)
    }

    @Test func aConditionsWaitEndsTheLease() {
        let lock = store.make("RLock")
        let condition = store.make("Condition", lock.proxy)
        lock("acquire_token", true, .none, 10, by: alice)
        #expect(condition("wait", by: alice) == .parked)
        #expect(lock("renew_token", 1, 10, by: alice) == isOver(1))
        lock("acquire", by: bob)
        condition("notify", by: bob)
        lock("release", by: bob)
        #expect(alice.mail == [.returns(true)])
        #expect(lock("token", by: alice) == .returns(3))
        store.advance(seconds: 60)
        #expect(lock("acquire", false, by: bob) == .returns(false))
    }

    // MARK: Permits

    @Test func permitsWithTokensGoBackEvenIfOthersAreSignals() {
        let semaphore = store.make("Semaphore", 1)
        semaphore("acquire_token", true, .none, 10, by: alice)
        // Somebody gives who had none: from now on plain permits belong to nobody.
        semaphore("release", by: bob)
        #expect(semaphore("acquire", false, by: bob) == .returns(true))
        store.advance(seconds: 10)
        #expect(semaphore("acquire", false, by: carol) == .returns(true))
        #expect(semaphore("acquire", false, by: carol) == .returns(false))
    }

    @Test func aBoundedSemaphoreNeverExceedsWhatItBeganWith() {
        let semaphore = store.make("BoundedSemaphore", 1)
        semaphore("acquire_token", true, .none, 10, by: alice)
        // Not the way to give that back.
        #expect(semaphore("release", by: alice) == .none)
        store.advance(seconds: 10)
        #expect(semaphore("acquire", false, by: bob) == .returns(true))
        #expect(semaphore("acquire", false, by: bob) == .returns(false))
    }

    @Test func permitsWithTokensAreFreeWithTheirHolder() {
        let semaphore = store.make("Semaphore", 3)
        let process = store.process()
        process.incref(semaphore)
        let client = process.client()
        semaphore("acquire_token", by: client)
        semaphore("acquire_token", true, .none, 10, by: client)
        semaphore("acquire", by: client)
        #expect(semaphore("acquire", false) == .returns(false))
        process.die(client)
        for _ in 0..<3 { #expect(semaphore("acquire", false) == .returns(true)) }
        #expect(semaphore("acquire", false) == .returns(false))
        #expect(store.nextDeadline == nil)
    }

    // MARK: Arguments

    private static let refusals: [([PickleValue], Reply)] = [
        ([true, .none, 0], .raises("ValueError", "a lease must be longer than 0 seconds")),
        ([true, .none, -1.5], .raises("ValueError", "a lease must be longer than 0 seconds")),
        (
            [true, .none, .float(.nan)],
            .raises("ValueError", "a lease must be longer than 0 seconds")
        ),
        (
            [true, .none, 86_401],
            .raises("ValueError", "over the limit: a lease of 86400.0 seconds")
        ),
        (
            [true, .none, "a"],
            .raises("TypeError", "'str' object cannot be interpreted as an integer")
        ),
        ([false, 1], .raises("ValueError", "can't specify a timeout for a non-blocking call")),
        (
            [1, 2, 3, 4],
            .raises(
                "TypeError",
                "acquire_token() takes from 1 to 4 positional arguments but 5 were given")
        ),
    ]

    @Test(arguments: refusals)
    func aLeaseHasItsRange(arguments: [PickleValue], reply: Reply) {
        let lock = store.make("Lock")
        #expect(alice.send(lock.ident, "acquire_token", arguments) == reply)
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test(arguments: [PickleValue.none, "1", -1, 1.0, true, .power(of: 70)])
    func aTokenIsAnInt(token: PickleValue) {
        let lock = store.make("Lock")
        #expect(
            alice.send(lock.ident, "release_token", [token])
                == .raises("TypeError", "a token is an int that a grant has given"))
    }

    @Test func thereAreOnlySoManyLeases() {
        let store = TestStore { $0.leases = 2 }
        let semaphore = store.make("Semaphore", 10)
        #expect(semaphore("acquire_token", true, .none, 10) == .returns(1))
        #expect(semaphore("acquire_token", true, .none, 10) == .returns(2))
        let refusal = Reply.raises("MemoryError", "over the limit: 2 leases")
        // Who has one keeps it.
        #expect(semaphore("renew_token", 2, 20) == .none)
        #expect(semaphore("acquire_token", true, .none, 10) == refusal)
        let lock = store.make("Lock")
        #expect(lock("acquire_token", true, .none, 10) == refusal)
        #expect(
            semaphore("acquire_token")
                == .raises("MemoryError", "over the limit: 2 permits with tokens"))
        #expect(semaphore("release_token", 1) == .none)
        #expect(lock("acquire_token", true, .none, 10) == .returns(3))
    }
}

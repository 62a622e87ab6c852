import Pickle
import Testing

@testable import HostedObjects

/// Who may do what: `admin` everything, `worker` its own lists and the queue `jobs`, `reader` read
/// dicts and `config`.
@Suite struct ObjectStoreRightsTests {
    private let store = TestStore()
    private let admin: PrincipalID
    private let worker: PrincipalID
    private let reader: PrincipalID

    init() throws {
        var all = Rights(verbs: Set(Rights.Verb.allCases))
        all.types.allow([.reading, .changing, .making], "*")
        all.names.allow([.reading, .changing], "*")
        admin = store.grant(all, to: "admin")
        worker = store.grant(Self.workersRights, to: "worker")
        var reading = Rights()
        reading.types.allow(.reading, "dict")
        reading.names.allow(.reading, "config")
        reader = store.grant(reading, to: "reader")
        try store.share("config", as: "dict")
        try store.share("jobs", as: "Queue")
        try store.share("secrets", as: "dict")
    }

    private static var workersRights: Rights {
        var rights = Rights(verbs: [.create])
        rights.types.allow(.making, "list")
        rights.types.allow(.making, "Condition")
        rights.names.allow([.reading, .changing], "jobs")
        return rights
    }

    /// Makes, or finds, an object; what it was answered, and its ident.
    private func create(
        _ typeid: String, _ arguments: PickleValue..., as principal: PrincipalID
    ) -> (reply: Reply, object: TestObject?) {
        let reply = store.connect(as: principal).send(nil, "create", [.str(typeid)] + arguments)
        guard case .tuple(let parts) = reply.value?.kind, let ident = parts[0].string else {
            return (reply, nil)
        }
        return (
            reply,
            TestObject(
                store: store, typeid: typeid, ident: ident, client: store.client(as: principal))
        )
    }

    private func verb(
        _ name: String, _ arguments: PickleValue..., as principal: PrincipalID
    ) -> Reply {
        store.connect(as: principal).send(nil, name, arguments)
    }

    private func refused(_ name: String, _ what: String) -> Reply {
        .raises("PermissionError", "not permitted: \(name) may not \(what)")
    }

    // MARK: Verbs

    @Test(arguments: ["shutdown", "debug_info", "number_of_objects"])
    func aVerbNeedsItsRight(name: String) {
        #expect(verb(name, as: worker) == refused("worker", "ask for \(name)"))
        #expect(store.reception == .finished)
        guard case .returns = verb(name, as: admin) else {
            Issue.record("the admin is refused")
            return
        }
    }

    @Test(arguments: ["dummy", "server_info"])
    func whatTellsNothingNeedsNoRight(name: String) {
        guard case .returns = verb(name, as: reader) else {
            Issue.record("refused")
            return
        }
    }

    @Test func aSessionWithoutAPrincipalMayDoEverything() {
        let list = store.make("list", [1])
        #expect(list("append", 2) == .none)
        #expect(store.verb("number_of_objects") == .returns(1))
    }

    // MARK: Types

    @Test func onlyTypesOfWhichOneHasTheRightAreMade() {
        #expect(create("dict", as: worker).reply == refused("worker", "make a dict"))
        #expect(create("dict", as: reader).reply == refused("reader", "ask for create"))
        #expect(create("list", as: worker).object?("append", 1) == Reply.none)
    }

    @Test func whatOneHasMadeIsNobodyElses() throws {
        let list = try #require(create("list", [1], as: worker).object)
        #expect(list("__len__") == .returns(1))
        let stranger = store.client(as: reader)
        #expect(list("__len__", by: stranger) == refused("reader", "read this list"))
        #expect(list("__str__", by: stranger) == refused("reader", "read this list"))
        #expect(list("#GETVALUE", by: stranger) == refused("reader", "read this list"))
        #expect(list("append", 1, by: stranger) == refused("reader", "change this list"))
        #expect(list("__len__", by: store.client(as: admin)) == .returns(1))
        #expect(verb("incref", .str(list.ident), as: reader) == refused("reader", "read this list"))
        #expect(verb("decref", .str(list.ident), as: reader) == refused("reader", "read this list"))
        #expect(
            verb("get_methods", list.proxyToken, as: reader)
                == refused("reader", "read this list"))
    }

    @Test func whatOneMayMakeOneMayNotUseOfOthers() throws {
        let list = try #require(create("list", [1], as: admin).object)
        let stranger = store.client(as: worker)
        #expect(list("__len__", by: stranger) == refused("worker", "read this list"))
        #expect(list("append", 2, by: stranger) == refused("worker", "change this list"))
    }

    @Test func whoMayReadATypeMayNotChangeIt() throws {
        let dict = try #require(create("dict", [:], as: admin).object)
        #expect(dict("__setitem__", 1, 2) == .none)
        let client = store.client(as: reader)
        #expect(dict("__getitem__", 1, by: client) == .returns(2))
        #expect(dict("__str__", by: client) == .returns("{1: 2}"))
        for method in ["__setitem__", "clear", "pop", "popitem", "setdefault", "update"] {
            #expect(dict(method, 1, 3, by: client) == refused("reader", "change this dict"))
        }
        #expect(dict.value == .returns([1: 2]))
        // Of what is no method nobody knows what it does.
        #expect(dict("#OTHER", by: client) == refused("reader", "change this dict"))
        #expect(dict("#GETVALUE", by: client) == .returns([1: 2]))
    }

    /// Who may only read must not make an object go by dropping what others count.
    @Test func aReaderDropsNoReferencesOfOthers() throws {
        let dict = try #require(create("dict", as: admin).object)
        for _ in 0..<3 { #expect(verb("decref", .str(dict.ident), as: reader) == .none) }
        #expect(dict("__len__") == .returns(0))
        #expect(verb("incref", .str(dict.ident), as: reader) == .none)
        for _ in 0..<3 { #expect(verb("decref", .str(dict.ident), as: reader) == .none) }
        #expect(dict("__len__") == .returns(0))
        #expect(verb("decref", .str(dict.ident), as: admin) == .none)
        guard case .traceback = dict("__len__") else {
            Issue.record("it is still there")
            return
        }
    }

    // MARK: Names

    @Test func aNameCountsAndNotTheType() throws {
        let config = try #require(create("config", as: reader).object)
        #expect(config("__len__") == .returns(0))
        #expect(config("__setitem__", 1, 2) == refused("reader", "change 'config'"))
        // The reader may read dicts, but not this one.
        #expect(create("secrets", as: reader).reply == refused("reader", "read 'secrets'"))
        let secrets = try #require(create("secrets", as: admin).object)
        #expect(
            secrets("__len__", by: store.client(as: reader)) == refused("reader", "read 'secrets'"))
        let jobs = try #require(create("jobs", as: worker).object)
        #expect(jobs("put", 1) == .none)
        #expect(jobs("get") == .returns(1))
    }

    @Test func aNamedObjectIsMadeByWhoMayMakeItsTypeAndChangeTheName() {
        let asked = { (principal: PrincipalID, typeid: PickleValue, name: PickleValue) in
            create("shared", typeid, name, as: principal).reply
        }
        #expect(asked(reader, "dict", "config2") == refused("reader", "read 'config2'"))
        #expect(asked(worker, "Queue", "jobs") != refused("worker", "read 'jobs'"))
        store.grant(Rights(), to: "reader")
        #expect(asked(reader, "dict", "config") == refused("reader", "read 'config'"))
        var rights = Self.workersRights
        rights.names.allow([.reading, .changing], "tmp-*")
        store.grant(rights, to: "worker")
        #expect(asked(worker, "dict", "tmp-1") == refused("worker", "make a dict"))
        guard case .returns = asked(worker, "list", "tmp-1") else {
            Issue.record("refused")
            return
        }
    }

    @Test func onlyWhoMayChangeANamedObjectTakesItsNameAway() {
        #expect(
            create("unshared", "config", as: reader).reply == refused("reader", "change 'config'"))
        #expect(create("unshared", "config", as: admin).object?("__len__") == .returns(0))
    }

    // MARK: Side doors

    @Test func aProxyAsAnArgumentIsReadWithOnesOwnRights() throws {
        let secrets = try #require(create("secrets", as: admin).object)
        #expect(secrets("__setitem__", "key", "value") == .none)
        let list = try #require(create("list", as: worker).object)
        #expect(
            list("extend", secrets.proxy(ofClass: "DictProxy"))
                == refused("worker", "read 'secrets'"))
        #expect(list("__len__") == .returns(0))
        #expect(
            create("list", secrets.proxy(ofClass: "DictProxy"), as: worker).reply
                == refused("worker", "read 'secrets'"))
        let dict = try #require(create("dict", as: admin).object)
        #expect(dict("update", secrets.proxy(ofClass: "DictProxy")) == .none)
        #expect(dict("__len__") == .returns(1))
    }

    @Test func aConditionTakesNoLockThatOneMayNotChange() throws {
        let lock = try #require(create("Lock", as: admin).object)
        #expect(
            create("Condition", lock.proxy(ofClass: "AcquirerProxy"), as: worker).reply
                == refused("worker", "read this Lock"))
        var rights = Self.workersRights
        rights.types.allow(.reading, "Lock")
        store.grant(rights, to: "worker")
        #expect(
            create("Condition", lock.proxy(ofClass: "AcquirerProxy"), as: worker).reply
                == refused("worker", "change this Lock"))
    }

    /// Else it would keep it alive.
    @Test func nobodyStoresAProxyOfWhatOneMayNotRead() throws {
        let secrets = try #require(create("secrets", as: admin).object)
        let proxy = secrets.proxy(ofClass: "DictProxy")
        let list = try #require(create("list", as: worker).object)
        #expect(list("append", proxy) == refused("worker", "read 'secrets'"))
        #expect(list("append", [proxy]) == refused("worker", "read 'secrets'"))
        #expect(list("__len__") == .returns(0))
        let count = store.objectCount
        #expect(create("list", [proxy], as: worker).reply == refused("worker", "read 'secrets'"))
        #expect(store.objectCount == count)
        #expect(list("append", list.proxy) == .none)
    }

    @Test func anIteratorIsItsCallersAlone() throws {
        let config = try #require(create("config", as: admin).object)
        #expect(config("__setitem__", "a", 1) == .none)
        guard case .proxy(_, let ident, _) = config("__iter__", by: store.client(as: reader)) else {
            Issue.record("no iterator")
            return
        }
        #expect(
            store.client(as: admin).send(ident, "__next__") == refused("admin", "read 'config'"))
        #expect(
            store.client(as: worker).send(ident, "__next__") == refused("worker", "read 'config'"))
        #expect(store.client(as: reader).send(ident, "__next__") == .returns("a"))
    }

    @Test func anotherPrincipalsClientIsNotTakenForOnesOwn() {
        let client = { (principal: PrincipalID) in
            store.client(named: "swift#1f00", as: principal)
        }
        let first = client(admin)
        #expect(first.send(nil, "tagged", [1, 1]) == .returns(65536))
        first.disconnect()
        let second = client(worker)
        #expect(second.send(nil, "outcome", [1, 0, 1]) == .returns(.tuple(["unknown", nil])))
        #expect(
            client(admin).send(nil, "outcome", [1, 0, 1]) == .returns(.tuple(["unheard", nil])))
    }

    @Test func anOwnerOfATaggedConnectionHasItsRights() throws {
        let list = try #require(create("list", as: admin).object)
        let client = TaggedClient(store, as: worker)
        for owner in [0, 7] as [UInt32] {
            let replies = client.send(1, list, "__len__", owner: owner)
            #expect(replies?.first?.reply == refused("worker", "read this list"))
        }
    }

    @Test func registeredTypesReadOnlyWhatTheySayTheyRead() throws {
        var rights = Rights()
        rights.types.allow(.reading, "Account")
        store.grant(rights, to: "reader")
        try store.offer("Account")
        let client = store.client(as: admin)
        client.send(nil, "create", ["Account"])
        let maker = store.connect(as: admin)
        maker.send(nil, "create", ["Account"])
        guard case .start(let launch)? = store.takeOrders().last else {
            Issue.record("nothing was launched")
            return
        }
        store.complete(
            launch.ticket,
            .object(
                ForeignInstance(
                    1, typeid: "Account", typeName: "Account", exposed: ["total", "add"],
                    reading: ["total"])))
        guard case .tuple(let parts)? = maker.mail.last?.value?.kind,
            let ident = parts[0].string
        else {
            Issue.record("no object")
            return
        }
        let reading = store.client(as: reader)
        #expect(reading.send(ident, "add", [1]) == refused("reader", "change this Account"))
        #expect(reading.send(ident, "total") == .parked)
    }

    // MARK: Changes

    @Test func rightsChangeAtOnceForSessionsThatThereAre() throws {
        let config = try #require(create("config", as: reader).object)
        #expect(config("__len__") == .returns(0))
        store.grant(Rights(), to: "reader")
        #expect(config("__len__") == refused("reader", "read 'config'"))
    }

    @Test func aCallThatWaitsAndMayNotAnyMoreIsAnswered() throws {
        let jobs = try #require(create("jobs", as: worker).object)
        #expect(jobs("get") == .parked)
        store.grant(Self.workersRights, to: "worker")
        #expect(jobs.client.mail == [])
        var rights = Rights()
        rights.names.allow(.reading, "jobs")
        store.grant(rights, to: "worker")
        #expect(jobs.client.mail == [refused("worker", "change 'jobs'")])
        #expect(store.waitingCalls == 0)
        #expect(jobs("put", 1, by: store.client(as: admin)) == .none)
        #expect(jobs("qsize") == .returns(1))
    }

    /// It waits for the condition's lock, which it may not call itself.
    @Test func aRingThatSaysTheSameBreaksNoWaitThroughACondition() throws {
        var rights = Self.workersRights
        rights.types.allow([.reading, .changing], "Condition")
        store.grant(rights, to: "worker")
        let lock = try #require(create("Lock", as: admin).object)
        let condition = try #require(
            create("Condition", lock.proxy(ofClass: "AcquirerProxy"), as: admin).object)
        let client = store.client(as: worker)
        #expect(lock("acquire") == .returns(true))
        #expect(condition("acquire", by: client) == .parked)
        store.grant(rights, to: "worker")
        #expect(client.mail == [])
        store.grant(Self.workersRights, to: "worker")
        #expect(client.mail == [refused("worker", "change this Condition")])
        #expect(store.waitingCalls == 0)
    }

    @Test func aNameThatGoesChangesWhoMayDoWhat() throws {
        let config = try #require(create("config", as: reader).object)
        #expect(config("__len__") == .returns(0))
        let unnamed = create("unshared", "config", as: admin).object
        #expect(unnamed?("__len__") == .returns(0))
        // It is a dict as others are now, and the reader may read those.
        #expect(config("__len__") == .returns(0))
        store.grant(Rights(), to: "reader")
        #expect(config("__len__") == refused("reader", "read this dict"))
    }
}

extension TestObject {
    /// What `get_methods` is given.
    fileprivate var proxyToken: PickleValue {
        guard case .object(let object) = proxy.kind, object.arguments.count > 1 else {
            return .none
        }
        return object.arguments[1]
    }
}

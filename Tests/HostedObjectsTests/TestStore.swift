import Pickle

@testable import HostedObjects

/// A store, its clock and its clients, driven by hand: one line an event.
final class TestStore {
    private var store: ObjectStore
    private(set) var now = Instant(nanoseconds: 0)
    /// What became of the request last sent.
    private(set) var reception = Reception.replied
    /// The bytes of the replies last sent, for comparisons to the bit.
    private(set) var lastFrames: [UInt8] = []
    /// The tags of the replies to calls that had waited; of those without, other numbers.
    private(set) var deliveredTags: [UInt32] = []
    private var mailboxes: [SessionID: [Reply]] = [:]
    private var receipts: [SessionID: [Receipt]] = [:]

    /// The limits of a store in which what the dead leave is kept no longer than other strays.
    static let limits: StoreLimits = {
        var limits = StoreLimits()
        limits.orphanGrace = limits.strayGrace
        return limits
    }()

    init(
        incarnation: UInt32 = 0x12_3456, lastToken: Int = 0, limits: StoreLimits = limits
    ) {
        store = ObjectStore(incarnation: incarnation, lastToken: lastToken, limits: limits)
    }

    /// A store with other limits than usual.
    convenience init(limiting change: (inout StoreLimits) -> Void) {
        var limits = Self.limits
        change(&limits)
        self.init(limits: limits)
    }

    var waitingCalls: Int { store.waitingCalls }
    var nextDeadline: Instant? { store.nextDeadline }

    // MARK: Clients

    /// A connection that has sent nothing yet.
    func connect(from origin: Origin = .unknown, as principal: PrincipalID? = nil) -> TestClient {
        TestClient(store: self, session: store.connect(from: origin, as: principal))
    }

    /// A connection that sends calls.
    func client(
        from origin: Origin = .unknown, named name: String = "a thread",
        as principal: PrincipalID? = nil
    ) -> TestClient {
        let client = connect(from: origin, as: principal)
        client.send(nil, "accept_connection", [.str(PickleString(name))])
        return client
    }

    /// A process whose end is seen.
    func process() -> TestProcess { TestProcess(store: self, id: store.meetProcess()) }

    /// How many objects are noted as counted for a process.
    func notedReferences(of process: ProcessID) -> Int {
        store.call.peers.with(process) { $0.references.count } ?? 0
    }

    func end(_ process: ProcessID, wasKilled: Bool = false) {
        store.processEnded(process, wasKilled: wasKilled, at: now)
        deliver()
    }

    /// One verb on a connection of its own.
    @discardableResult
    func verb(
        _ name: String, _ arguments: PickleValue..., named: KeyValuePairs<String, PickleValue> = [:]
    ) -> Reply {
        let client = connect()
        defer { client.disconnect() }
        return client.send(nil, name, arguments, named)
    }

    // MARK: Rights and limits

    /// Gives a principal rights.
    @discardableResult
    func grant(_ rights: Rights, to name: String) -> PrincipalID {
        defer { deliver() }
        return store.grant(rights, to: name, at: now)
    }

    var heldBytes: Int { store.heldBytes }
    var objectCount: Int { store.objectCount }

    /// How often a limit was reached since that was asked last.
    func takeReached(_ limit: StoreLimit) -> Int { store.takeReachedLimits()?[limit] ?? 0 }

    /// The object itself.
    func object(_ object: TestObject) -> (any HostedObject)? {
        ObjectID(object.ident).flatMap { store.call.table[$0] }
    }

    /// Whether requests lie where they may be kept.
    var keepsFrames = false

    /// Makes an object, counted once.
    func make(
        _ typeid: String, _ arguments: PickleValue...,
        named: KeyValuePairs<String, PickleValue> = [:]
    ) -> TestObject {
        let client = connect()
        let reply = client.send(nil, "create", [.str(typeid)] + arguments, named)
        client.disconnect()
        guard case .returns(let value) = reply, case .tuple(let parts) = value.kind,
            let ident = parts[0].string
        else { return TestObject(store: self, typeid: typeid, ident: "\(reply)", client: client) }
        return TestObject(store: self, typeid: typeid, ident: ident, client: self.client())
    }

    var numberOfObjects: Reply { verb("number_of_objects") }

    func share(_ name: String, as typeid: String) throws { try store.share(name, as: typeid) }

    func offer(_ typeid: String) throws { try store.offer(typeid) }

    func offerBarrier(_ typeid: String, parties: Int) throws {
        try store.offerBarrier(typeid, parties: parties, seconds: nil, action: "action")
    }

    func takeOrders() -> [LaunchOrder] { store.takeOrders() }

    func complete(_ ticket: LaunchTicket, _ outcome: LaunchOutcome) {
        store.complete(ticket, outcome, at: now)
        deliver()
    }

    // MARK: Events

    func receive(_ request: [UInt8], from session: SessionID) -> Reply {
        // Long requests come in blocks of their own, behind a header and perhaps a tag.
        let block = [0, 0, 0, 0] + request
        reception = block.withUnsafeBytes { bytes in
            let frame = UnsafeRawBufferPointer(rebasing: bytes[4...])
            guard keepsFrames else { return store.receive(frame, from: session, at: now) }
            return store.receive(frame, keeping: block[2...], from: session, at: now)
        }
        let frames = store.withReplies { Array($0) }
        lastFrames = frames
        let receipts = store.takeReceipts()
        store.clearReplies()
        for (_, receipt) in receipts { note(receipt) }
        deliver()
        switch reception {
        case .parked: return .parked
        case .hangUp: return .hangUp
        default: return Reply(frame: frames)
        }
    }

    func disconnect(_ session: SessionID) {
        store.disconnect(session, at: now)
        deliver()
    }

    /// A connection ends that has read no reply.
    func disconnectUnread(_ session: SessionID) {
        store.disconnect(session, undoing: receipts[session] ?? [], at: now)
        deliver()
    }

    /// So many requests come in one read: their replies have not gone when the next is looked at.
    func receiveTogether(_ requests: [[UInt8]], from session: SessionID) -> [Reception] {
        defer {
            store.clearReplies()
            deliver()
        }
        return requests.map { request in
            request.withUnsafeBytes { store.receive($0, from: session, at: now) }
        }
    }

    private func note(_ receipt: Receipt) {
        receipts[receipt.session, default: []].append(receipt)
    }

    func advance(seconds: Double) {
        now = now.advanced(seconds: seconds) ?? now
        // Something is always done, so this ends.
        repeat {
            store.advance(to: now)
            deliver()
        } while store.nextDeadline.map { $0 <= now } ?? false
    }

    /// The last replies to these clients, the oldest first, were lost on their way.
    func lose(_ clients: TestClient...) {
        store.undo(clients.compactMap { receipts[$0.session]?.last }, at: now)
        deliver()
    }

    func forgetDeliveredTags() { deliveredTags = [] }

    /// Something was heard of a client that is no frame.
    func hear(_ client: TestClient) { store.heard(client.session, at: now) }

    private func deliver() {
        // The end of a connection may be another's turn.
        while store.hasDeliveries {
            for delivery in store.takeDeliveries() { hand(delivery) }
        }
        store.tidy()
    }

    private func hand(_ delivery: Delivery) {
        guard delivery.sequel != .breaks else {
            return store.disconnect(delivery.session, at: now)
        }
        mailboxes[delivery.session, default: []].append(Reply(frame: delivery.frame))
        deliveredTags += TaggedReply.all(in: delivery.frame).map(\.tag)
        if let receipt = delivery.receipt { note(receipt) }
        lastFrames += delivery.frame
    }

    /// The replies that came to a client without its asking since it was last looked at.
    func takeMail(of session: SessionID) -> [Reply] {
        mailboxes.removeValue(forKey: session) ?? []
    }
}

/// One connection of a ``TestStore``.
struct TestClient {
    let store: TestStore
    let session: SessionID

    /// The replies to calls that had waited.
    var mail: [Reply] { store.takeMail(of: session) }

    @discardableResult
    func send(
        _ ident: String?, _ method: String, _ arguments: [PickleValue] = [],
        _ named: KeyValuePairs<String, PickleValue> = [:]
    ) -> Reply {
        send(
            .tuple([
                ident.map { .str($0) } ?? .none, .str(method), .tuple(arguments),
                .dict(named.map { (key: .str($0.key), value: $0.value) }),
            ]))
    }

    @discardableResult
    func send(_ request: PickleValue) -> Reply { send(bytes: request.pickled()) }

    @discardableResult
    func send(bytes: [UInt8]) -> Reply { store.receive(bytes, from: session) }

    func disconnect() { store.disconnect(session) }
}

/// A process of a ``TestStore``, on the same host.
struct TestProcess {
    let store: TestStore
    let id: ProcessID

    /// A connection of it that sends calls.
    func client() -> TestClient { store.client(from: .process(id)) }

    /// It is killed, with these connections.
    func die(_ clients: TestClient...) {
        for client in clients { client.disconnect() }
        store.end(id)
    }

    func incref(_ object: TestObject) { object.incref(from: .process(id)) }
    func decref(_ object: TestObject) { object.decref(from: .process(id)) }
}

/// One object of a ``TestStore``, with a client that calls it where no other is named.
struct TestObject {
    let store: TestStore
    let typeid: String
    let ident: String
    let client: TestClient

    @discardableResult
    func callAsFunction(
        _ method: String, _ arguments: PickleValue...,
        named: KeyValuePairs<String, PickleValue> = [:], by other: TestClient? = nil
    ) -> Reply {
        (other ?? client).send(ident, method, arguments, named)
    }

    /// `_getvalue()`
    var value: Reply { self("#GETVALUE") }

    /// `str(proxy)`
    var text: Reply { self("__str__") }

    /// A proxy of the object, as it comes from a client.
    var proxy: PickleValue { proxy(ofClass: "\(typeid.capitalizedFirst)Proxy") }

    func proxy(ofClass name: String) -> PickleValue {
        .proxy(
            ProxyReference(
                name: name,
                token: ManagerToken(typeID: typeid, address: "/tmp/manager.sock", id: ident)))
    }

    @discardableResult
    func incref(from origin: Origin = .unknown) -> Reply { count("incref", origin) }

    @discardableResult
    func decref(from origin: Origin = .unknown) -> Reply { count("decref", origin) }

    private func count(_ verb: String, _ origin: Origin) -> Reply {
        let client = store.connect(from: origin)
        defer { client.disconnect() }
        return client.send(nil, verb, [.str(PickleString(ident))])
    }

    /// Whether a client can still count it.
    var isThere: Bool {
        guard case .returns = incref() else { return false }
        decref()
        return true
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

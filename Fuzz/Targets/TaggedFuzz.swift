internal import HostedObjects
internal import Pickle

/// Tagged connections whose peers break every rule, to a store with narrow limits: every request is
/// answered once, under its tag, or its connection ends; and exactly those wait who were told
/// nothing.
///
/// ```text
/// 0     1           2    3     4
/// step  connection  tag  word  the request's choices, as in StoreFuzz
/// ```
enum TaggedFuzz: FuzzTarget {
    static let name = "tagged"
    static let isMadeOfInstructions = false

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        var random = SplitMix(seed: 3)
        return (0..<64).map { _ in
            (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }

    static func run(_ input: [UInt8]) {
        var script = TaggedScript(input)
        script.run()
    }
}

/// What an input makes of a store with tagged connections.
private struct TaggedScript {
    /// A connection, and the tags under which it was told nothing yet.
    struct Peer {
        let session: SessionID
        var asked: Set<UInt32> = []
        var receipts: [Receipt] = []
    }

    private static let types = [
        "Queue", "JoinableQueue", "Lock", "RLock", "Semaphore", "Condition", "Barrier", "Event",
        "dict", "list", "Value",
    ]
    private static let methods = [
        "get", "put", "acquire", "release", "wait", "notify", "notify_all", "set", "clear", "join",
        "task_done", "qsize", "append", "pop", "update", "abort", "reset", "__getitem__",
        "shutdown",
        "__iter__", "#GETVALUE", "nonsense",
    ]
    private static let verbs = [
        "create", "incref", "decref", "outcome", "outcome", "tagged", "accept_connection",
        "number_of_objects", "debug_info", "server_info", "nonsense",
    ]

    private var input: InputReader
    private var store: ObjectStore
    private var peers: [Peer] = []
    private var nanoseconds: UInt64 = 0
    private var lines = 0
    private var values = ValueMaker()

    init(_ bytes: [UInt8]) {
        input = InputReader(bytes)
        var limits = StoreLimits()
        limits.objects = 64
        limits.tags = 8
        limits.owners = 4
        limits.undoableBytes = 64
        limits.outcomeBytes = 256
        limits.endedLines = 2
        limits.endedBytes = 1024
        limits.replies = 512
        store = ObjectStore(incarnation: 0x12_3456, limits: limits)
    }

    private var now: Instant { Instant(nanoseconds: nanoseconds) }

    mutating func run() {
        admit()
        for type in Self.types { ask("create", [.str(type)], 0) }
        var steps = 0
        while !input.isAtEnd, steps < 400 {
            step()
            let asked = peers.reduce(0) { $0 + $1.asked.count }
            claim(store.waitingCalls == asked, "\(store.waitingCalls) wait, not \(asked)")
            steps += 1
        }
        while !peers.isEmpty { disconnect(0) }
        claim(store.waitingCalls == 0, "nobody waits where nobody is")
    }

    private mutating func step() {
        let what = input.byte()
        let place = input.number(below: max(1, peers.count))
        switch what % 16 {
        case 0: admit()
        case 1: lose(place)
        case 2: advance()
        case 3: raw(place)
        case 4, 5, 6: order(place)
        case 7: ask(input.pick(Self.verbs), (0..<3).map { _ in small() }, place)
        default: call(place)
        }
    }

    // MARK: Connections

    private mutating func admit() {
        guard peers.count < 6 else { return }
        let origin = input.byte()
        let from: Origin =
            switch origin & 3 {
            case 0: .unknown
            case 1: .host(HostAddress([origin & 4]))
            default: .process(store.meetProcess())
            }
        peers.append(Peer(session: store.connect(from: from)))
        let place = peers.count - 1
        let name = "swift#\(origin >> 6)" + (origin & 32 == 0 ? "" : "|line")
        plain("accept_connection", [.str(name)], place)
        lines += 1
        let line = origin & 16 == 0 ? lines : lines / 2
        // Refused where another connection has that number, or had it.
        if !plain("tagged", [.int(1), .int(line)], place) { disconnect(place) }
    }

    /// What it was given is lost on its way, and the connection with it.
    private mutating func lose(_ place: Int) {
        guard peers.indices.contains(place) else { return }
        if input.byte() & 1 == 0 { store.undo(peers[place].receipts, at: now) }
        disconnect(place)
    }

    private mutating func disconnect(_ place: Int) {
        guard peers.indices.contains(place) else { return }
        store.disconnect(peers[place].session, at: now)
        peers.remove(at: place)
        deliver()
    }

    private mutating func advance() {
        nanoseconds += UInt64(input.byte()) << UInt64(input.byte() % 36)
        // What comes after the end of a connection is done when that has been delivered.
        for _ in 0...peers.count {
            store.advance(to: now)
            deliver()
            guard let next = store.nextDeadline, next <= now else { return }
        }
        fatalError("FINDING: what is due has been done")
    }

    // MARK: Frames

    private mutating func call(_ place: Int) {
        let ident = values.ident(&input)
        let method = input.pick(Self.methods)
        let arguments = (0..<Int(input.byte() & 3)).map { _ in
            input.byte() & 1 == 0 ? small() : values.next(&input)
        }
        send(request(.str(ident), method, arguments), place)
    }

    private mutating func ask(_ verb: String, _ arguments: [PickleValue], _ place: Int) {
        send(request(.none, verb, arguments), place)
    }

    private mutating func small() -> PickleValue {
        let byte = input.byte()
        switch byte & 3 {
        case 0: return .bool(byte & 4 != 0)
        case 1: return .float(Double(byte) / 16)
        default: return .int(Int(byte >> 2))
        }
    }

    private func request(
        _ ident: PickleValue, _ method: String, _ arguments: [PickleValue]
    ) -> [UInt8] {
        PickleValue.tuple([ident, .str(method), .tuple(arguments), .dict([])]).pickled()
    }

    /// A request under a tag, of an owner, whose outcome is kept or is not.
    private mutating func send(_ request: [UInt8], _ place: Int) {
        let tag = UInt32(input.byte() % 10)
        let owner = UInt32(input.byte())
        let isKept = owner & 64 != 0
        let head = word(tag) + word(isKept ? owner & 1 | 1 << 31 : owner % 8)
        receive(head + (isKept ? word(UInt32(input.byte() & 3)) : []) + request, place, tag)
    }

    private mutating func order(_ place: Int) {
        let tag = UInt32(input.byte() % 10)
        receive(word(tag) + word(UInt32(input.byte() % 4)), place, nil)
    }

    private mutating func raw(_ place: Int) {
        let frame = input.bytes(Int(input.byte()))
        let tag = frame.count > 8 ? frame.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } : nil
        receive(frame, place, tag)
    }

    /// - Returns: whether it was not refused.
    @discardableResult
    private mutating func plain(
        _ verb: String, _ arguments: [PickleValue], _ place: Int
    ) -> Bool {
        let frame = request(.none, verb, arguments)
        _ = unsafe frame.withUnsafeBytes {
            unsafe store.receive($0, from: peers[place].session, at: now)
        }
        let frames = unsafe store.withReplies { unsafe Array($0) }
        store.clearReplies()
        claim(ReplyCheck.replies(in: frames) == 1, "one reply to \(verb)")
        return LedgerReply.all(in: frames, isTagged: false).first?.kind == "#RETURN"
    }

    /// - Parameter tag: the tag of a request; nil for an order.
    private mutating func receive(_ frame: [UInt8], _ place: Int, _ tag: UInt32?) {
        guard peers.indices.contains(place) else { return }
        let session = peers[place].session
        if let tag { peers[place].asked.insert(tag) }
        let reception = unsafe frame.withUnsafeBytes {
            unsafe store.receive($0, from: session, at: now)
        }
        let replies = unsafe store.withReplies { unsafe Array($0) }
        peers[place].receipts = store.takeReceipts().map(\.receipt)
        store.clearReplies()
        check(replies, place)
        deliver()
        guard let index = peers.firstIndex(where: { $0.session == session }) else { return }
        switch reception {
        case .hangUp, .finished, .shutdown: disconnect(index)
        case .replied, .repliedEnough: break
        case .parked: fatalError("FINDING: a tagged connection is held up")
        }
    }

    /// Each reply belongs to a call under way.
    private mutating func check(_ frames: [UInt8], _ place: Int) {
        for (tag, pickle) in TaggedReplies.split(frames) {
            claim(peers[place].asked.remove(tag) != nil, "a reply under tag \(tag), unasked")
            let frame = word(UInt32(pickle.count)) + pickle
            if !TaggedReplies.isCancelled(pickle) {
                claim(ReplyCheck.replies(in: frame) == 1, "a reply is one")
            }
        }
    }

    private mutating func deliver() {
        while store.hasDeliveries {
            for delivery in store.takeDeliveries() {
                guard let place = peers.firstIndex(where: { $0.session == delivery.session })
                else {
                    if let receipt = delivery.receipt { store.undo([receipt], at: now) }
                    continue
                }
                if delivery.sequel == .breaks {
                    disconnect(place)
                    continue
                }
                claim(delivery.sequel == .goesOn, "a tagged connection goes on")
                check(delivery.frame, place)
                if let receipt = delivery.receipt { peers[place].receipts.append(receipt) }
            }
        }
    }
}

/// Frames of a tagged connection, as its client reads them.
private enum TaggedReplies {
    static func split(_ frames: [UInt8]) -> [(tag: UInt32, pickle: [UInt8])] {
        var replies: [(tag: UInt32, pickle: [UInt8])] = []
        var rest = frames[...]
        while rest.count >= 8 {
            let length = Int(number(rest))
            claim(length >= 4 && rest.count - 4 >= length, "a frame is whole")
            replies.append((number(rest.dropFirst(4)), Array(rest.dropFirst(8).prefix(length - 4))))
            rest = rest.dropFirst(4 + length)
        }
        claim(rest.isEmpty, "nothing stands behind the last frame")
        return replies
    }

    static func isCancelled(_ pickle: [UInt8]) -> Bool {
        pickle.count > 4 && pickle[4...].starts(with: "#CANCELLED".utf8)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}

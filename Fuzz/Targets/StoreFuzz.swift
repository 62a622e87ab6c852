internal import HostedObjects
internal import Pickle

/// A script of many clients' requests to one store: every reply is a frame with a pickle of a kind
/// that clients know, and exactly those wait who were told nothing.
enum StoreFuzz: FuzzTarget {
    static let name = "store"
    static let isMadeOfInstructions = false

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        var random = SplitMix(seed: 1)
        let scripts = (0..<64).map { _ in
            (0..<400).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        let raw = golden.map { pickle in
            let request = RequestSeed.around(pickle)
            return StoreScript.opening + [StoreScript.rawRequest, 0]
                + [UInt8(request.count & 0xFF), UInt8(request.count >> 8 & 0xFF)] + request
        }
        return scripts + raw
    }

    static func run(_ input: [UInt8]) {
        var script = StoreScript(input)
        script.run()
    }
}

/// One client of the store.
struct ScriptedClient {
    let session: SessionID
    var isServing = false
    var isParked = false
    /// What the replies it has not seen yet give away.
    var receipts: [Receipt] = []
}

/// What an input makes of a store, and what is held against it.
struct StoreScript {
    /// The number of the step that sends bytes as they stand.
    static let rawRequest: UInt8 = 1
    /// Steps that give the clients something to call.
    static let opening: [UInt8] = Array(0..<8).flatMap { [2, $0, 0] } + [0, 0]

    private var input: InputReader
    private var store: ObjectStore
    private var clients: [ScriptedClient] = []
    private var nanoseconds: UInt64 = 0
    private var values = ValueMaker()

    init(_ bytes: [UInt8]) {
        input = InputReader(bytes)
        var limits = StoreLimits()
        limits.objects = 64
        limits.strayGrace = 5
        store = ObjectStore(incarnation: 0x12_3456, limits: limits)
    }

    private var now: Instant { Instant(nanoseconds: nanoseconds) }

    mutating func run() {
        var steps = 0
        while !input.isAtEnd, steps < 400 {
            step()
            steps += 1
        }
        for place in clients.indices.reversed() { disconnect(place) }
        claim(store.waitingCalls == 0, "nobody waits where nobody is")
        releaseAll()
        claim(store.heldBytes == 0, "\(store.heldBytes) bytes are held where nothing is")
    }

    /// Gives back every object, as often as it is counted; what objects hold of one another goes
    /// too, when their time is over.
    private mutating func releaseAll() {
        for _ in 0..<3 {
            for (ident, count) in countedObjects() {
                for _ in 0..<count { verb("decref", [.str(PickleString(ident))]) }
            }
            for _ in 0..<3 {
                nanoseconds += 100_000_000_000
                store.advance(to: now)
                deliver()
            }
        }
    }

    /// The objects that somebody counts, and how often, as `debug_info` tells: a line for each,
    /// `  ident: refcount=2`, and what it is.
    private mutating func countedObjects() -> [(ident: String, count: Int)] {
        let session = store.connect()
        let question = request(.none, "debug_info", [], [])
        _ = unsafe question.withUnsafeBytes {
            unsafe store.receive($0, from: session, at: now)
        }
        let reply = unsafe store.withReplies { unsafe Array($0) }
        store.clearReplies()
        store.disconnect(session, at: now)
        guard case .tuple(let parts)? = try? PickleValue(pickle: Array(reply.dropFirst(4))).kind,
            let text = parts.last?.string
        else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 1, words[0].hasSuffix(":"), words[1].hasPrefix("refcount="),
                let count = Int(words[1].dropFirst("refcount=".count))
            else { return nil }
            return (String(words[0].dropLast()), count)
        }
    }

    private mutating func step() {
        switch input.byte() % 16 {
        case 0: admit()
        case Self.rawRequest:
            let count = Int(input.byte()) | Int(input.byte()) << 8
            let request = input.bytes(count)
            let place = input.number(below: clients.count + 1)
            if place < clients.count { send(request, from: place) } else { sendAlone(request) }
        case 2: verb("create", [.str(input.pick(Self.typeids))])
        case 3: verb("create", [.str(input.pick(Self.typeids)), values.next(&input)])
        case 4:
            let name = input.pick(Self.verbs)
            verb(name, (0..<input.number(below: 3)).map { _ in values.next(&input) })
        case 5: disconnect(input.number(below: clients.count))
        case 6: advance()
        case 7: lose(input.number(below: clients.count))
        default: callMethod()
        }
        claim(
            store.waitingCalls == clients.count(where: \.isParked),
            "\(store.waitingCalls) wait, not \(clients.count(where: \.isParked))")
    }

    // MARK: Clients

    private mutating func admit() {
        guard clients.count < 12 else { return }
        clients.append(ScriptedClient(session: store.connect()))
        send(request(.none, "accept_connection", [.str("thread")], []), from: clients.count - 1)
        clients[clients.count - 1].isServing = true
    }

    private mutating func disconnect(_ place: Int) {
        guard clients.indices.contains(place) else { return }
        store.disconnect(clients[place].session, at: now)
        clients.remove(at: place)
        deliver()
    }

    /// What the client was given is lost on its way, and the client with it.
    private mutating func lose(_ place: Int) {
        guard clients.indices.contains(place) else { return }
        store.undo(clients[place].receipts, at: now)
        disconnect(place)
    }

    private mutating func advance() {
        nanoseconds += UInt64(input.byte()) << UInt64(input.byte() % 36)
        store.advance(to: now)
        deliver()
        if let next = store.nextDeadline { claim(next > now, "what is due has been done") }
    }

    // MARK: Requests

    /// A verb on a connection of its own.
    private mutating func verb(_ name: String, _ arguments: [PickleValue]) {
        sendAlone(request(.none, name, arguments, []))
    }

    private mutating func sendAlone(_ request: [UInt8]) {
        clients.append(ScriptedClient(session: store.connect()))
        let place = clients.count - 1
        send(request, from: place)
        disconnect(place)
    }

    private mutating func callMethod() {
        let place = input.number(below: clients.count)
        let ident = PickleValue.str(values.ident(&input))
        let method = input.pick(Self.methods)
        let shape = input.byte()
        let arguments = (0..<Int(shape & 3)).map { _ in values.next(&input) }
        let keywords = (0..<Int(shape >> 6)).map { _ in
            (key: PickleValue.str(input.pick(Self.keywords)), value: values.next(&input))
        }
        send(request(ident, method, arguments, keywords), from: place)
    }

    private func request(
        _ ident: PickleValue, _ method: String, _ arguments: [PickleValue],
        _ keywords: [(key: PickleValue, value: PickleValue)]
    ) -> [UInt8] {
        PickleValue.tuple([ident, .str(method), .tuple(arguments), .dict(keywords)]).pickled()
    }

    private mutating func send(_ request: [UInt8], from place: Int) {
        guard clients.indices.contains(place), !clients[place].isParked else { return }
        let session = clients[place].session
        let reception = unsafe request.withUnsafeBytes {
            unsafe store.receive($0, from: session, at: now)
        }
        let replies = ReplyCheck.replies(in: unsafe store.withReplies { unsafe Array($0) })
        clients[place].receipts = store.takeReceipts().map(\.receipt)
        store.clearReplies()
        store.tidy()
        switch reception {
        case .parked, .hangUp: claim(replies == 0, "no reply yet")
        case .replied, .repliedEnough, .finished, .shutdown: claim(replies == 1, "one reply")
        }
        if reception == .parked { clients[place].isParked = true }
        deliver()
        if [.finished, .shutdown, .hangUp].contains(reception), clients[place].isServing {
            disconnect(place)
        }
    }

    private mutating func deliver() {
        for delivery in store.takeDeliveries() {
            claim(ReplyCheck.replies(in: delivery.frame) == 1, "a delivery is one reply")
            guard let place = clients.firstIndex(where: { $0.session == delivery.session }) else {
                fatalError("FINDING: a delivery for nobody")
            }
            claim(clients[place].isParked, "a delivery is for one who waits")
            clients[place].isParked = false
            clients[place].receipts = delivery.receipt.map { [$0] } ?? []
        }
    }

    // MARK: Words

    private static let typeids = [
        "dict", "list", "Namespace", "Value", "Queue", "JoinableQueue", "Lock", "RLock", "Event",
        "shared", "unshared", "Barrier", "Semaphore", "BoundedSemaphore", "Condition", "Array",
        "set",
        "Pool",
    ]
    private static let verbs = [
        "create", "incref", "decref", "decref", "get_methods", "number_of_objects", "debug_info",
        "dummy", "shutdown", "accept_connection", "nonsense",
    ]
    private static let keywords = [
        "block", "timeout", "blocking", "reverse", "key", "maxsize", "a",
    ]
    private static let methods = [
        "__contains__", "__delitem__", "__getitem__", "__iter__", "__len__", "__setitem__", "clear",
        "copy", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
        "__add__",
        "__mul__", "__rmul__", "__imul__", "__reversed__", "append", "count", "extend", "index",
        "insert", "remove", "reverse", "sort", "__getattribute__", "__setattr__", "__delattr__",
        "set", "put", "put_nowait", "get_nowait", "empty", "full", "qsize", "join", "task_done",
        "shutdown", "acquire", "release", "is_set", "wait", "__next__", "send", "__str__",
        "__repr__", "#GETVALUE", "nonsense", "notify", "notify_all", "abort", "reset", "locked",
        "add", "discard", "__ior__", "__or__", "__rsub__", "__lt__", "fromkeys", "union",
        "intersection_update", "symmetric_difference", "issubset", "__class_getitem__",
    ]
}

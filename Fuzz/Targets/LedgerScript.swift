internal import HostedObjects
internal import Pickle

/// What an input makes of honest clients, and what is held against the store.
struct LedgerScript {
    /// How long the store remembers what came of calls, in nanoseconds.
    private static let memory: UInt64 = 120_000_000_000

    var input: InputReader
    var store: ObjectStore
    var clients: [LedgerClient]
    var ledger = Ledger()
    private var idents: [Ledger.Object: String] = [:]
    var nanoseconds: UInt64 = 0
    private var lastItem = 0
    private var lastNumber: UInt32 = 0
    private var lastLine: UInt32 = 0

    init(_ bytes: [UInt8]) {
        input = InputReader(bytes)
        store = ObjectStore(incarnation: 0x12_3456)
        clients = [false, false, true, true, true].map { LedgerClient(isTagged: $0) }
    }

    var now: Instant { Instant(nanoseconds: nanoseconds) }

    mutating func run() {
        makeObjects()
        var steps = 0
        while !input.isAtEnd, steps < 400 {
            step()
            ledger.check()
            claim(
                store.waitingCalls == ledger.waiting.count,
                "\(store.waitingCalls) wait, not \(ledger.waiting.count)")
            steps += 1
        }
        for client in clients.indices { die(client) }
        finish()
    }

    private mutating func step() {
        let what = input.byte()
        let client = input.number(below: clients.count)
        switch what % 16 {
        case 0: cut(client)
        case 1: die(client)
        case 2: advance()
        case 3: handOver(client)
        case 4, 5: order(client, .cancel)
        case 6: order(client, .undo)
        default: call(client)
        }
    }

    // MARK: Clients

    /// Connects a client that has no connection, as a new process if the last is dead.
    private mutating func connect(_ client: Int) {
        guard clients[client].session == nil else { return }
        let process = clients[client].process ?? store.meetProcess()
        clients[client].process = process
        let session = store.connect(from: .process(process))
        clients[client].session = session
        let name = clients[client].isTagged ? "swift#\(client)" : "MainProcess"
        _ = ask(client, "accept_connection", [.str(name)], hasTag: false)
        guard clients[client].isTagged else { return }
        lastLine += 1
        clients[client].line = lastLine
        _ = ask(client, "tagged", [.int(1), .int(Int(lastLine))], hasTag: false)
        for doubt in clients[client].doubts { resolve(doubt, client) }
        clients[client].doubts = []
    }

    /// A client's connection ends. What was not handed to the socket goes back.
    mutating func cut(_ client: Int) {
        guard let session = clients[client].session else { return }
        let unsent = takeBackUnsent(client)
        for (lane, state) in clients[client].lanes.enumerated() {
            let place = Ledger.Place(client: client, lane: lane)
            if state.state == .waiting { ledger.gone(place) }
            if state.state != .idle { doubt(client, lane) }
        }
        ledger.cut(client)
        clients[client].session = nil
        clients[client].lanes = clients[client].lanes.map { _ in LedgerClient.Lane() }
        store.disconnect(session, undoing: unsent, at: now)
        deliver()
    }

    private mutating func takeBackUnsent(_ client: Int) -> [Receipt] {
        let unsent = clients[client].unsent
        clients[client].unsent = []
        for (_, lane) in unsent {
            let state = clients[client].lanes[lane]
            guard let call = state.call, let answer = state.answer else { continue }
            ledger.takenBack(Ledger.Place(client: client, lane: lane), call, answer)
            clients[client].lanes[lane].answer = nil
        }
        return unsent.map(\.receipt)
    }

    private mutating func doubt(_ client: Int, _ lane: Int) {
        let state = clients[client].lanes[lane]
        guard clients[client].isTagged, let call = state.call else { return }
        clients[client].doubts.append(
            LedgerClient.Doubt(
                line: clients[client].line, lane: lane, call: call, number: state.number,
                answer: state.answer, since: nanoseconds))
    }

    private mutating func die(_ client: Int) {
        guard let process = clients[client].process else { return }
        clients[client].process = nil
        // Its end may be seen before that of its connection, which is when what it held goes on.
        let isSeenFirst = input.byte() & 1 == 0 && clients[client].session != nil
        if isSeenFirst {
            store.processEnded(process, wasKilled: true, at: now)
            ledger.died(client)
            cut(client)
        } else {
            cut(client)
            ledger.died(client)
            store.processEnded(process, wasKilled: true, at: now)
        }
        clients[client].doubts = []
        deliver()
    }

    private mutating func advance() {
        nanoseconds += UInt64(input.byte()) << UInt64(input.byte() % 32)
        store.advance(to: now)
        deliver()
        if let next = store.nextDeadline { claim(next > now, "what is due has been done") }
    }

    // MARK: Calls

    private mutating func call(_ client: Int) {
        connect(client)
        let lane = input.number(below: clients[client].lanes.count)
        hear(client, lane)
        guard clients[client].lanes[lane].state == .idle else { return }
        let choice = input.byte()
        let object = Ledger.Object.allCases[Int(choice) % Ledger.Object.allCases.count]
        guard let call = choose(object, Ledger.Place(client: client, lane: lane)) else { return }
        let timeout: PickleValue = [.none, 0.5, 2, 0][Int(choice >> 6)]
        lastNumber += 1
        clients[client].lanes[lane] = LedgerClient.Lane(
            state: .waiting, call: call, number: lastNumber)
        ledger.waits(Ledger.Place(client: client, lane: lane), call)
        send(clients[client].frame(lane, idents[object] ?? "", timeout), client, lane)
    }

    private mutating func choose(_ object: Ledger.Object, _ place: Ledger.Place) -> Ledger.Call? {
        switch object {
        case .queue, .shortQueue:
            guard input.byte() & 1 == 0 else { return .get(object) }
            lastItem += 1
            return .put(object, item: lastItem)
        case .lock, .recursiveLock, .semaphore:
            // Nobody gives back what it has not heard of.
            let heard = ledger.holders[object]?.last {
                $0.client == place.client && clients[$0.client].lanes[$0.lane].state == .idle
            }
            guard let heard, input.byte() & 3 != 0 else { return .acquire(object) }
            return .release(object, heard)
        }
    }

    /// What has been handed to the socket is looked at.
    private mutating func hear(_ client: Int, _ lane: Int) {
        if clients[client].lanes[lane].state == .handed {
            clients[client].lanes[lane].state = .idle
        }
    }

    /// The socket takes what there is.
    private mutating func handOver(_ client: Int) {
        clients[client].unsent = []
        for lane in clients[client].lanes.indices
        where clients[client].lanes[lane].state == .unsent {
            clients[client].lanes[lane].state = .handed
        }
    }

    private enum Order: UInt32 {
        case cancel, undo
    }

    private mutating func order(_ client: Int, _ order: Order) {
        guard clients[client].isTagged, clients[client].session != nil else { return }
        let lane = input.number(below: clients[client].lanes.count)
        let state = clients[client].lanes[lane]
        let place = Ledger.Place(client: client, lane: lane)
        if order == .undo {
            hear(client, lane)
            guard clients[client].lanes[lane].state == .idle, state.isUndoable,
                let call = state.call, let answer = state.answer
            else { return }
            // A grant that was given back in order is not undone.
            if case .acquire(let object) = call, !ledger.holds(place, object) { return }
            clients[client].lanes[lane].isUndoable = false
            ledger.takenBack(place, call, answer)
        }
        send(word(UInt32(lane)) + word(order.rawValue), client, lane)
    }

    // MARK: What the store says

    private mutating func send(_ frame: [UInt8], _ client: Int, _ lane: Int) {
        let (reception, replies, receipts) = receive(frame, client)
        claim(reception != .hangUp, "an honest client is shown out")
        claim(receipts.count <= replies.count, "a receipt belongs to a reply")
        for reply in replies { take(reply, receipts.first, client) }
        let isWaiting = clients[client].lanes[lane].state == .waiting
        claim(
            clients[client].isTagged || isWaiting == (reception == .parked),
            "who is told nothing waits")
        deliver()
    }

    private mutating func receive(
        _ frame: [UInt8], _ client: Int
    ) -> (Reception, [LedgerReply], [Receipt]) {
        guard let session = clients[client].session else { return (.hangUp, [], []) }
        let reception = unsafe frame.withUnsafeBytes {
            unsafe store.receive($0, from: session, at: now)
        }
        let frames = unsafe store.withReplies { unsafe Array($0) }
        let receipts = store.takeReceipts().map(\.receipt)
        store.clearReplies()
        // A connection has no tags yet where it asks for them.
        let isTagged = clients[client].isTagged && frame.first != 0x80
        return (reception, LedgerReply.all(in: frames, isTagged: isTagged), receipts)
    }

    private mutating func deliver() {
        while store.hasDeliveries {
            for delivery in store.takeDeliveries() {
                guard
                    let client = clients.firstIndex(where: { $0.session == delivery.session })
                else {
                    // Its connection ended after the call was granted, in this same turn.
                    if let receipt = delivery.receipt { store.undo([receipt], at: now) }
                    continue
                }
                let replies = LedgerReply.all(
                    in: delivery.frame, isTagged: clients[client].isTagged)
                claim(replies.count == 1, "a delivery is one reply")
                for reply in replies { take(reply, delivery.receipt, client) }
            }
        }
    }

    private mutating func take(_ reply: LedgerReply, _ receipt: Receipt?, _ client: Int) {
        let lane = Int(reply.tag ?? 0)
        guard clients[client].lanes.indices.contains(lane),
            clients[client].lanes[lane].state == .waiting,
            let call = clients[client].lanes[lane].call
        else { fatalError("FINDING: a reply that nobody waits for") }
        let answer = reply.answer(to: call)
        let place = Ledger.Place(client: client, lane: lane)
        ledger.answered(place, call, answer)
        claim(answer.isGift == (receipt != nil), "what is given has a receipt")
        clients[client].lanes[lane].state = .unsent
        clients[client].lanes[lane].answer = answer == .cancelled ? nil : answer
        clients[client].lanes[lane].isUndoable = answer.isGift
        if let receipt { clients[client].unsent.append((receipt, lane)) }
    }

    // MARK: What is asked

    private mutating func ask(
        _ client: Int, _ verb: String, _ arguments: [PickleValue], hasTag: Bool
    ) -> PickleValue {
        let frame = clients[client].verb(verb, arguments, hasTag: hasTag)
        let (_, replies, _) = receive(frame, client)
        guard replies.count == 1, replies[0].kind == "#RETURN" else {
            fatalError("FINDING: \(verb) is answered by \(replies)")
        }
        return replies[0].value
    }

    /// What came of a call of an earlier connection: the client is told the truth.
    private mutating func resolve(_ doubt: LedgerClient.Doubt, _ client: Int) {
        let said = ask(
            client, "outcome",
            [.int(Int(doubt.line)), .int(doubt.lane), .int(Int(doubt.number))], hasTag: true)
        guard case .tuple(let parts) = said.kind, parts.count == 2, let kind = parts[0].string
        else { fatalError("FINDING: an outcome is \(said)") }
        let place = Ledger.Place(client: client, lane: doubt.lane)
        switch (kind, doubt.answer) {
        case ("reply", let answer?):
            guard case .bytes(let pickle) = parts[1].kind else {
                fatalError("FINDING: a reply is \(parts[1])")
            }
            let frame = word(UInt32(pickle.count)) + pickle
            let told = LedgerReply.all(in: frame, isTagged: false)[0].answer(to: doubt.call)
            claim(told == answer, "\(doubt.call) was answered by \(answer), not \(told)")
        case ("unheard", nil): break
        case ("unheard", .granted):
            // Free again, unless it had gone with its connection.
            ledger.takenBack(place, doubt.call, .granted)
        case ("unknown", _):
            let isPermit = doubt.call.object == .semaphore && doubt.answer == .granted
            let isForgotten = nanoseconds - doubt.since >= Self.memory
            claim(isPermit || isForgotten, "\(doubt.call) is unknown after \(doubt.since)")
        default: fatalError("FINDING: \(doubt.call), \(String(describing: doubt.answer)): \(kind)")
        }
        deliver()
    }

    // MARK: Beginning and end

    private mutating func makeObjects() {
        let types: [(Ledger.Object, String, [PickleValue])] = [
            (.queue, "Queue", []), (.shortQueue, "Queue", [.int(Ledger.Object.shortCapacity)]),
            (.lock, "Lock", []), (.recursiveLock, "RLock", []),
            (.semaphore, "Semaphore", [.int(Ledger.Object.semaphoreValue)]),
        ]
        for (object, type, arguments) in types {
            let created = once("create", [.str(type)] + arguments)
            guard case .tuple(let parts) = created.kind, let ident = parts.first?.string else {
                fatalError("FINDING: \(type) is not made: \(created)")
            }
            idents[object] = ident
        }
    }

    /// A verb on a connection of its own.
    private mutating func once(_ verb: String, _ arguments: [PickleValue]) -> PickleValue {
        clients.append(LedgerClient(isTagged: false))
        let session = store.connect()
        clients[clients.count - 1].session = session
        let value = ask(clients.count - 1, verb, arguments, hasTag: false)
        clients.removeLast()
        store.disconnect(session, at: now)
        return value
    }

    /// Everybody is dead: the queues hold what is left, and nothing is held.
    private mutating func finish() {
        claim(store.waitingCalls == 0, "nobody waits where nobody is")
        clients = [LedgerClient(isTagged: false)]
        connect(0)
        for queue in [Ledger.Object.queue, .shortQueue] {
            for item in (ledger.items[queue] ?? []) + [nil] as [Int?] {
                let told = tell(queue, "get", [false])
                let expected = item.map(Ledger.Answer.item) ?? .refused
                claim(told == expected, "\(queue) gives \(told), not \(expected)")
            }
        }
        for object in [Ledger.Object.lock, .recursiveLock, .semaphore, .semaphore] {
            claim(tell(object, "acquire", [false]) == .granted, "\(object) is free")
        }
        claim(tell(.semaphore, "acquire", [false]) == .refused, "no permit is made")
    }

    private mutating func tell(
        _ object: Ledger.Object, _ method: String, _ arguments: [PickleValue]
    ) -> Ledger.Answer {
        let request = PickleValue.tuple([
            .str(idents[object] ?? ""), .str(method), .tuple(arguments), .dict([]),
        ]).pickled()
        let (_, replies, _) = receive(request, 0)
        claim(replies.count == 1, "one reply")
        return replies[0].answer(to: .get(object))
    }
}

import Pickle

@testable import HostedObjects

/// One tagged connection of a ``TestStore``.
struct TaggedClient {
    let client: TestClient

    /// - Parameter line: which of the client's connections it is, if it may be asked what came of
    ///   its calls.
    init(
        _ store: TestStore, from origin: Origin = .unknown, named name: String = "swift#1",
        line: Int? = nil, as principal: PrincipalID? = nil
    ) {
        client = store.client(from: origin, named: name, as: principal)
        client.send(nil, "tagged", [.int(1)] + (line.map { [.int($0)] } ?? []))
    }

    /// What came of a frame: the replies under their tags, nil where the connection ends.
    @discardableResult
    func send(
        _ tag: UInt32, _ object: TestObject, _ method: String, _ arguments: PickleValue...,
        owner: UInt32 = 0, keptAs number: UInt32? = nil
    ) -> [TaggedReply]? {
        send(Self.frame(tag, object, method, arguments, owner: owner, keptAs: number))
    }

    static func frame(
        _ tag: UInt32, _ object: TestObject, _ method: String, _ arguments: [PickleValue] = [],
        owner: UInt32 = 0, keptAs number: UInt32? = nil
    ) -> [UInt8] {
        let request = PickleValue.tuple([
            .str(PickleString(object.ident)), .str(method), .tuple(arguments), .dict([]),
        ])
        let head = number.map { word(owner | 1 << 31) + word($0) } ?? word(owner)
        return word(tag) + head + request.pickled()
    }

    /// Asks for a verb, under a tag of its own.
    @discardableResult
    func verb(_ name: String, _ arguments: PickleValue...) -> [TaggedReply]? {
        let request = PickleValue.tuple([
            .none, .str(PickleString(name)), .tuple(arguments), .dict([]),
        ])
        return send(Self.word(60_000) + Self.word(0) + request.pickled())
    }

    /// What came of a call of an earlier connection: what the server says, and the reply.
    func outcome(line: Int, tag: Int, number: Int) -> (kind: String?, reply: Reply?) {
        ask("outcome", line, tag, number)
    }

    /// What a call of an earlier connection gave is wanted by nobody.
    func undo(line: Int, tag: Int, number: Int) -> String? {
        ask("undo", line, tag, number).kind
    }

    private func ask(
        _ name: String, _ line: Int, _ tag: Int, _ number: Int
    ) -> (kind: String?, reply: Reply?) {
        let answer = verb(name, .int(line), .int(tag), .int(number))
        guard case .returns(let value) = answer?.first?.reply, case .tuple(let parts) = value.kind,
            parts.count == 2
        else { return (nil, answer?.first?.reply) }
        guard case .bytes(let pickle) = parts[1].kind else { return (parts[0].string, nil) }
        return (parts[0].string, Reply(frame: Self.word(UInt32(pickle.count)) + pickle))
    }

    /// A frame without a request.
    @discardableResult
    func order(_ order: TaggedHeader.Order, _ tag: UInt32) -> [TaggedReply]? {
        send(Self.frame(order, tag))
    }

    static func frame(_ order: TaggedHeader.Order, _ tag: UInt32) -> [UInt8] {
        word(tag) + word(order.rawValue)
    }

    func send(_ bytes: [UInt8]) -> [TaggedReply]? {
        guard client.send(bytes: bytes) != .hangUp else { return nil }
        return TaggedReply.all(in: client.store.lastFrames)
    }

    func disconnect() { client.disconnect() }

    static func word(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

/// A reply and its tag; nil for one that says that the call was cancelled.
struct TaggedReply: Equatable {
    let tag: UInt32
    let reply: Reply?

    init(_ tag: UInt32, _ reply: Reply?) {
        self.tag = tag
        self.reply = reply
    }

    /// The replies in frames that stand side by side.
    static func all(in frames: [UInt8]) -> [TaggedReply] {
        var rest = frames[...]
        var replies: [TaggedReply] = []
        while rest.count >= 8 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            let tag = rest.dropFirst(4).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let pickle = Array(rest.dropFirst(8).prefix(length - 4))
            let isCancelled = pickle.count > 4 && pickle[4...].starts(with: "#CANCELLED".utf8)
            let plain = TaggedClient.word(UInt32(pickle.count)) + pickle
            replies.append(TaggedReply(tag, isCancelled ? nil : Reply(frame: plain)))
            rest = rest.dropFirst(4 + length)
        }
        return replies
    }
}

internal import HostedObjects
internal import Pickle

/// A process with one connection, plain or tagged, and what it has under way.
struct LedgerClient {
    /// One call at a time; a tagged connection has several lanes, its tags.
    struct Lane {
        enum State {
            /// The client has heard the answer to its last call.
            case idle
            /// The call waits.
            case waiting
            /// The answer has not been handed to the socket.
            case unsent
            /// It has, but the client has not looked.
            case handed
        }

        var state = State.idle
        var call: Ledger.Call?
        var answer: Ledger.Answer?
        /// The client's number for the call.
        var number: UInt32 = 0
        /// Whether the answer may still be undone.
        var isUndoable = false
    }

    static let laneCount = 3
    /// The tag of what is asked besides.
    static let spareTag = UInt32(laneCount)

    let isTagged: Bool
    /// nil for one that is dead.
    var process: ProcessID?
    /// nil while it has no connection.
    var session: SessionID?
    /// The number of its connection.
    var line: UInt32 = 0
    var lanes: [Lane]
    /// What was given in answers that have not been handed to the socket, and in which lanes.
    var unsent: [(receipt: Receipt, lane: Int)] = []
    /// The calls of an earlier connection of which it does not know what came, and when that ended.
    var doubts: [Doubt] = []

    /// A call whose answer was lost with its connection.
    struct Doubt {
        let line: UInt32
        let lane: Int
        let call: Ledger.Call
        let number: UInt32
        /// What it would have heard; nil where nothing came of the call.
        let answer: Ledger.Answer?
        let since: UInt64
    }

    init(isTagged: Bool) {
        self.isTagged = isTagged
        lanes = Array(repeating: Lane(), count: isTagged ? Self.laneCount : 1)
    }

    /// The frame of a call of an object by its ident.
    func frame(_ lane: Int, _ ident: String, _ timeout: PickleValue) -> [UInt8] {
        guard let call = lanes[lane].call else { return [] }
        let (method, arguments): (String, [PickleValue]) =
            switch call {
            case .put(_, let item): ("put", [.int(item), true, timeout])
            case .get: ("get", [true, timeout])
            case .acquire: ("acquire", [true, timeout])
            case .release: ("release", [])
            }
        let request = PickleValue.tuple([
            .str(PickleString(ident)), .str(PickleString(method)), .tuple(arguments), .dict([]),
        ]).pickled()
        guard isTagged else { return request }
        let kept: UInt32 = 1 << 31
        return word(UInt32(lane)) + word(kept) + word(lanes[lane].number) + request
    }

    /// The frame of a verb.
    func verb(_ name: String, _ arguments: [PickleValue], hasTag: Bool) -> [UInt8] {
        let request = PickleValue.tuple([
            .none, .str(PickleString(name)), .tuple(arguments), .dict([]),
        ]).pickled()
        return hasTag ? word(Self.spareTag) + word(0) + request : request
    }
}

/// A number as it stands in frames.
func word(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
}

/// A reply as a client reads it.
struct LedgerReply {
    /// nil on a plain connection.
    let tag: UInt32?
    let kind: String
    let value: PickleValue

    /// The replies in frames that stand side by side.
    static func all(in frames: [UInt8], isTagged: Bool) -> [LedgerReply] {
        var replies: [LedgerReply] = []
        var rest = frames[...]
        while rest.count >= 4 {
            let length = Int(number(rest))
            claim(rest.count - 4 >= length, "a frame is whole")
            let body = rest.dropFirst(4).prefix(length)
            replies.append(LedgerReply(body, isTagged: isTagged))
            rest = rest.dropFirst(4 + length)
        }
        claim(rest.isEmpty, "nothing stands behind the last frame")
        return replies
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    private init(_ body: ArraySlice<UInt8>, isTagged: Bool) {
        tag = isTagged ? Self.number(body) : nil
        let pickle = Array(isTagged ? body.dropFirst(4) : body)
        let parts = claim("a reply is a pickle") { () throws(PickleError) in
            try PickleValue(pickle: pickle)
        }
        guard case .tuple(let pair) = parts.kind, pair.count == 2, let kind = pair[0].string else {
            fatalError("FINDING: a reply is \(parts)")
        }
        self.kind = kind
        value = pair[1]
    }

    /// What it says to a call.
    func answer(to call: Ledger.Call) -> Ledger.Answer {
        switch (kind, value.kind) {
        case ("#CANCELLED", _): return .cancelled
        case ("#ERROR", _): return .refused
        case ("#RETURN", .none): return .done
        case ("#RETURN", .int(let item)): return .item(Int(item))
        case ("#RETURN", .bool(let isGranted)): return isGranted ? .granted : .refused
        default: fatalError("FINDING: \(call) is answered by \(kind) \(value)")
        }
    }
}

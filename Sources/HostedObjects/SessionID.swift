/// One client connection as the core knows it. A slot is used again, a serial is not.
package struct SessionID: Hashable, Sendable {
    let slot: UInt32
    let serial: UInt32

    /// A small number that no two living sessions share.
    package var place: Int { Int(slot) }
}

/// What the core keeps of a connection.
struct Session {
    /// What a connection has come to.
    enum Stage: UInt8 {
        /// It owes its one request.
        case verb
        /// It sends calls, `(ident, method, args, kwds)`.
        case serving
        /// The same, and it is noted which objects it calls.
        case noting
        /// It sends calls with tags.
        case tagged
        /// The same, and it is noted which objects it calls.
        case taggedNoting
        /// It had tags, and nothing that it sends is heard any more.
        case over

        /// Whether its frames have tags.
        @inline(__always)
        var isTagged: Bool { rawValue >= Stage.tagged.rawValue }

        /// Whether it is noted which objects it calls.
        @inline(__always)
        var isNoting: Bool { self == .noting || self == .taggedNoting }

        /// The same, but it is noted which objects it calls.
        var noting: Stage {
            switch self {
            case .verb: .verb
            case .serving, .noting: .noting
            case .tagged, .taggedNoting: .taggedNoting
            case .over: .over
            }
        }

        /// The same, but with tags.
        var withTags: Stage { isNoting ? .taggedNoting : .tagged }
    }

    /// What its name tells, where nobody sees its process.
    struct Party {
        /// Whether its end is that of its process.
        var isMain = false
        /// How its process counts what it has from its parent.
        var inheritance = SessionName.Inheritance.unknown
        /// When it began to serve calls.
        var acceptedAt = Instant(nanoseconds: 0)
    }

    /// Which of the connections that had this slot; 0 while nobody has it.
    var serial: UInt32
    var stage = Stage.verb
    var party = Party()
    /// Whether its process is not gone while it is open.
    var keepsProcess = false
    /// What the process calls itself that it has announced itself as.
    var identity: String?
    var origin = Peers.Origin.unknown
    /// Whether it is another connection of a process that has announced itself, and the main one
    /// is not there.
    var isAlone: Bool {
        guard identity != nil, case .host = origin else { return false }
        return true
    }
    /// Where it came from, if by way of the network.
    var host: UInt32?
    /// Whose it is, where not everybody may do everything.
    var principal: PrincipalID?
    /// What it may do with the object that it called last.
    var known = KnownAccess()
    /// The call that waits for its outcome. Replies come in order, so nothing overtakes it; but see
    /// ``tagged``.
    var waiter: WaiterID?
    /// What it has under way, if its frames have tags.
    var tagged: TaggedCalls?
    /// Which of the owners it is that a tagged connection has named; 0 for the connection itself.
    var owner: UInt32 = 0
    /// What the session owns: RLocks, and what else goes with a connection.
    var holdings = Holdings()
    /// The object called last, while it is noted.
    var lastCalled = ObjectID.none
    /// The objects called.
    var called: [ObjectID: PeerHost.Claim]?

    /// How many objects' calls are noted at most.
    static let calledLimit = 4096
}

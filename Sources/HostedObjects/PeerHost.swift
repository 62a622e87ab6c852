/// What is known of the processes of a host that comes by way of the network. Which connection is
/// which process's is not seen, so this counts for the host as a whole, and is careful with
/// conclusions.
struct PeerHost {
    /// How an object is counted for the processes of the host.
    struct Share {
        var count = 0
        /// How many of these are not known to be some connection's process's.
        var unclaimed = 0
        /// When it was counted last.
        var lastIncref = Instant(nanoseconds: 0)
        /// Which `decref` was the last.
        var lastDecref: UInt64
        /// How many `decref`s have come that were not yet seen to belong to a connection's end.
        var goodbyes = 0
        /// When the last of them came.
        var lastGoodbye = Instant(nanoseconds: 0)
    }

    /// What a connection's first call of an object tells.
    struct Claim {
        /// ``decrefs`` at that time.
        let decrefs: UInt64
        /// Whether its process counts the object itself.
        var evidence = Evidence.none
    }

    /// How well it is known that a connection's process counts an object itself.
    ///
    /// A stock process counts what it makes, receives or inherits; but since CPython 3.12 a child
    /// that was spawned does not count what it inherits, and does not say goodbye to it either.
    enum Evidence: Comparable {
        case none
        /// It was counted shortly before the connection came. If that was another process after
        /// all, an object may seem to be dropped that is not, which only shortens its life if
        /// nobody calls it for a long time.
        case likely
        case sure
    }

    /// How long before its connection a process counts what it calls first, in seconds. To spawn a
    /// process takes longer.
    static let startTime: Double = 0.02
    /// How long after a `decref` the end of a connection is taken for its consequence, in seconds:
    /// a stock client that ends drops its references and closes its connection in one go.
    static let goodbyeTime: Double = 10

    let address: HostAddress
    private var shares: [ObjectID: Share] = [:]
    private var pruning = Pruning()
    /// How many `decref`s have come.
    private(set) var decrefs: UInt64 = 0
    var sessions = 0

    init(address: HostAddress) {
        self.address = address
    }

    /// Whether nothing is known of it.
    var isForgotten: Bool { sessions == 0 && shares.isEmpty }

    mutating func retain(_ object: ObjectID, of table: ObjectTable, at now: Instant) {
        if pruning.isDue(at: shares.count) {
            shares = shares.filter { table.place($0.key) != nil }
            pruning.isDone(at: shares.count)
        }
        var share = shares[object] ?? Share(lastDecref: decrefs)
        share.count += 1
        share.unclaimed += 1
        share.lastIncref = now
        shares[object] = share
    }

    /// Counts one less; false if the object was not counted for this host.
    mutating func release(_ object: ObjectID, at now: Instant) -> Bool {
        decrefs += 1
        guard var share = shares[object] else { return false }
        share.count -= 1
        share.unclaimed = min(share.unclaimed, share.count)
        share.lastDecref = decrefs
        share.goodbyes = share.isGoodbyeOver(at: now) ? 1 : share.goodbyes + 1
        share.lastGoodbye = now
        shares[object] = share.count > 0 ? share : nil
        return true
    }

    /// A connection calls an object for the first time.
    mutating func claim(_ object: ObjectID, by party: Session.Party) -> Claim {
        var claim = Claim(decrefs: decrefs)
        guard party.isMain, var share = shares[object], share.unclaimed > 0 else { return claim }
        let start = share.lastIncref.advanced(seconds: Self.startTime) ?? share.lastIncref
        let isCounted =
            switch party.inheritance {
            case .counted: true
            // Its parent counts it; so if that is not all, it counts it too.
            case .unknown: share.count > 1
            case .uncounted: false
            }
        if isCounted || share.lastIncref > party.acceptedAt {
            claim.evidence = .sure
        } else if start >= party.acceptedAt {
            claim.evidence = .likely
        }
        if claim.evidence > .none { share.unclaimed -= 1 }
        shares[object] = share
        return claim
    }

    /// What the end of a connection means for an object that it called.
    enum Ending {
        /// Its process has dropped its reference before, or perhaps has.
        case saidGoodbye
        /// Somebody of this host has dropped a reference since, but not for the end of this
        /// connection.
        case unclear
        /// It refers to the object still.
        case refers
    }

    /// The end of a connection to which an object belonged.
    mutating func ending(of object: ObjectID, _ claim: Claim, at now: Instant) -> Ending {
        guard var share = shares[object] else { return .saidGoodbye }
        guard share.lastDecref > claim.decrefs else { return .refers }
        guard share.goodbyes > 0, !share.isGoodbyeOver(at: now) else { return .unclear }
        share.goodbyes -= 1
        shares[object] = share
        return .saidGoodbye
    }

    /// Counts one less for a process that is dead.
    mutating func bury(_ object: ObjectID) {
        guard var share = shares[object] else { return }
        share.count -= 1
        shares[object] = share.count > 0 ? share : nil
    }
}

extension PeerHost.Share {
    fileprivate func isGoodbyeOver(at now: Instant) -> Bool {
        lastGoodbye.advanced(seconds: PeerHost.goodbyeTime).map { $0 < now } ?? false
    }
}

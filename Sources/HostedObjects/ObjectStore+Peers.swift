// Clients come and go, and what the dead held goes to the living.
extension ObjectStore {
    // MARK: Processes

    /// A process has been met whose end will be told by ``processEnded(_:at:)``.
    package mutating func meetProcess() -> ProcessID { call.peers.add() }

    /// A process has ended. What it held is free, and what it counted is not counted any more, once
    /// its last connection is closed: another process may have inherited that.
    ///
    /// - Parameter wasKilled: whether a signal has ended it, as far as that is known.
    package mutating func processEnded(
        _ process: ProcessID, wasKilled: Bool = false, at now: Instant
    ) {
        call.now = now
        _ = call.peers.with(process) {
            $0.hasEnded = true
            $0.wasKilled = wasKilled
        }
        bury(process)
    }

    /// The sessions of a process that wait for a call. Where it was killed, nobody reads what they
    /// are given: another process that has inherited the connection lacks the thread that waits.
    package func waitingSessions(of process: ProcessID) -> [SessionID] {
        slots(of: process).filter { call.sessions[$0].owner == 0 }.map(session(inSlot:))
            .filter(isWaiting)
    }

    /// The slots of a process's sessions.
    private func slots(of process: ProcessID) -> [Int] {
        call.sessions.indices.filter { slot in
            if case .process(process) = call.sessions[slot].origin { true } else { false }
        }
    }

    private func session(inSlot slot: Int) -> SessionID {
        SessionID(slot: UInt32(slot), serial: call.sessions[slot].serial)
    }

    private mutating func bury(_ process: ProcessID) {
        guard var dead = call.peers.takeDead(process) else { return }
        if dead.lines > 0 { detachLines(of: process, breaking: !dead.holdings.isEmpty) }
        for id in dead.holdings.takeAll()
        where dead.frees(id) || limits.releaseRule == .disconnected {
            bereave(id, of: .process(process), isDeath: true)
        }
        for (id, count) in dead.references.sorted(by: { $0.key < $1.key }) {
            call.table.bury(id, references: count, at: call.now)
            dropCounts(of: id, count, by: dead.principal)
        }
        noteCallsFromNowOn()
        scheduleCollection()
    }

    /// The other connections of whose main connection is gone are from now on as if that had never
    /// been; or they end, where it held something: that it does no more, and so it is told.
    private mutating func detachLines(of process: ProcessID, breaking: Bool) {
        for slot in slots(of: process) {
            call.sessions[slot].origin = call.sessions[slot].host.map { .host($0) } ?? .unknown
            guard breaking, call.sessions[slot].owner == 0 else { continue }
            loseWaiters(ofSlot: slot)
            hangUp(session(inSlot: slot))
        }
    }

    /// What is not counted for the dead is not counted for their principal.
    ///
    /// - Returns: whether so many were counted for that one.
    @discardableResult
    private mutating func dropCounts(
        of id: ObjectID, _ count: Int, by principal: PrincipalID?
    ) -> Bool {
        principal.map { call.principals.release(id, count, for: $0) } ?? true
    }

    /// What the dead alone had counted, the living may use: children that were spawned, or forked
    /// by `os.fork`, do not count what they have from their parent. So it is noted what they call,
    /// for as long as there are strays: who calls it counts it from then on.
    private mutating func noteCallsFromNowOn() {
        guard call.table.strays > 0 else { return }
        for slot in call.sessions.indices {
            call.sessions[slot].stage = call.sessions[slot].stage.noting
        }
    }

    private mutating func bereave(_ id: ObjectID, of owner: OwnerID, isDeath: Bool) {
        call.object = id
        call.table[id]?.bereaved(of: owner, isDeath: isDeath, &call)
    }

    // MARK: Connections

    /// A connection has been authenticated.
    ///
    /// - Parameter principal: whose it is; nil for one that may do everything.
    package mutating func connect(
        from origin: Origin = .unknown, as principal: PrincipalID? = nil
    ) -> SessionID {
        var session = Session(serial: nextSessionSerial())
        session.principal = principal
        switch limits.releaseRule == .never ? .unknown : origin {
        case .unknown: break
        case .process(let process):
            _ = call.peers.with(process) {
                $0.sessions += 1
                $0.principal = principal
            }
            session.origin = .process(process)
            session.keepsProcess = true
        case .host(let address):
            let host = call.peers.meet(address)
            session.host = host
            session.origin = .host(host)
        }
        return keep(session)
    }

    mutating func nextSessionSerial() -> UInt32 {
        sessionSerial &+= 1
        if sessionSerial == 0 { sessionSerial = 1 }
        return sessionSerial
    }

    mutating func keep(_ session: Session) -> SessionID {
        let slot = freeSessions.popLast() ?? call.sessions.count
        if slot == call.sessions.count {
            call.sessions.append(session)
        } else {
            call.sessions[slot] = session
        }
        return SessionID(slot: UInt32(slot), serial: session.serial)
    }

    /// A connection tells its name: from now on it serves calls.
    ///
    /// - Returns: for a process that announces itself, whether it is taken for dead when its main
    ///   connection is gone; nil for others.
    mutating func accept(_ name: String) throws(Failure) -> Bool? {
        let slot = Int(call.caller.slot)
        guard call.sessions[slot].stage == .verb else {
            throw Failure("AssertionError", "the connection has been accepted before")
        }
        // Of whom nobody knows what it counts, it is noted what it calls if that may matter.
        call.sessions[slot].stage = call.table.strays > 0 ? .noting : .serving
        guard let name = SessionName(name) else { return nil }
        guard let identity = name.identity else {
            if name.inheritance != .counted { call.sessions[slot].stage = .noting }
            guard case .host = call.sessions[slot].origin else { return nil }
            call.sessions[slot].stage = .noting
            call.sessions[slot].party = Session.Party(
                isMain: name.isMain, inheritance: name.inheritance, acceptedAt: call.now)
            return nil
        }
        call.sessions[slot].identity = identity
        guard case .host(let host) = call.sessions[slot].origin else { return false }
        let announced = Peers.AnnouncedName(
            host: host, name: identity, principal: call.principal)
        guard let process = call.peers.find(announced, isMain: name.isMain) else { return true }
        _ = call.peers.with(process) { [principal = call.principal] in
            guard name.isMain else {
                $0.lines += 1
                return
            }
            $0.sessions += 1
            $0.principal = principal
        }
        call.sessions[slot].keepsProcess = name.isMain
        call.sessions[slot].origin = .process(process)
        return true
    }

    /// The caller's connection is the main one of a client that had others before, whose ends have
    /// not been seen yet: what is counted with them would be counted twice. It becomes another
    /// process's, and they end.
    ///
    /// Only a Swift client says which of its connections it is; anybody may have its name.
    ///
    /// - Parameter number: which one it is; one that comes late ends no later one.
    mutating func endForerunners(ofNumber number: UInt32) {
        let slot = Int(call.caller.slot)
        guard call.sessions[slot].keepsProcess,
            case .process(let process) = call.sessions[slot].origin,
            call.peers.with(process, { $0.sessions > 1 }) == true
        else { return }
        let others = slots(of: process).filter { $0 != slot && call.sessions[$0].keepsProcess }
        let isLast = others.allSatisfy { other in
            call.sessions[other].tagged?.line.map { $0.number < number } ?? false
        }
        guard isLast, let successor = call.peers.succeed(process) else { return }
        call.sessions[slot].origin = .process(successor)
        for other in others { breakOff(session(inSlot: other)) }
    }

    /// Ends a connection; what lies unread on it is not carried out any more.
    mutating func breakOff(_ session: SessionID) {
        call.sessions[Int(session.slot)].stage = .over
        hangUp(session)
    }

    /// Has a connection ended.
    mutating func hangUp(_ session: SessionID) {
        call.deliveries.append(
            Delivery(session: session, frame: [], receipt: nil, sequel: .breaks))
    }

    /// Notes that the session's process refers to an object.
    @inline(__always)
    mutating func noteCall(of id: ObjectID) {
        if call.sessions[Int(call.caller.slot)].lastCalled != id { noteNewCall(of: id) }
    }

    private mutating func noteNewCall(of id: ObjectID) {
        let slot = Int(call.caller.slot)
        call.sessions[slot].lastCalled = id
        if case .process = call.sessions[slot].origin, call.table.isOrphan(id) {
            _ = call.retain(id, for: call.caller)
            return
        }
        let count = call.sessions[slot].called?.count ?? 0
        guard count < Session.calledLimit, call.sessions[slot].called?[id] == nil else { return }
        let claim: PeerHost.Claim
        switch call.sessions[slot].origin {
        case .unknown: return
        case .process(let process):
            // What it counts itself stays for that.
            guard call.peers.with(process, { $0.counts(id) }) == false else { return }
            claim = PeerHost.Claim(decrefs: 0)
        case .host(let host):
            let party = call.sessions[slot].party
            claim = call.peers.withHost(host) { $0.claim(id, by: party) }
        }
        call.sessions[slot].called = call.sessions[slot].called ?? [:]
        call.sessions[slot].called?[id] = claim
    }

    /// A connection is gone: it waits for nothing any more, what it has not read goes back, and
    /// what it alone may hold is free, in this order: nothing that goes back is given to itself.
    ///
    /// - Parameter unread: what the replies gave that could not be handed over.
    package mutating func disconnect(
        _ session: SessionID, undoing unread: [Receipt] = [], at now: Instant
    ) {
        guard call.isAlive(session) else { return undo(unread, at: now) }
        call.now = now
        let slot = Int(session.slot)
        if !promises.isEmpty { promises.remove(session.serial) }
        loseWaiters(ofSlot: slot)
        undo(unread, at: now)
        if let tagged = call.sessions[slot].tagged { end(tagged) }
        let ended = call.sessions[slot]
        let deaths = deaths(of: ended)
        end(session, deaths)
        if case .process(let process) = ended.origin {
            if ended.keepsProcess {
                _ = call.peers.with(process) { $0.sessions -= 1 }
                bury(process)
            } else {
                _ = call.peers.with(process) { $0.lines -= 1 }
            }
        }
        guard let host = ended.host else { return }
        for (id, death) in deaths.sorted(by: { $0.key < $1.key }) where death.dropsReference {
            // What is counted for another principal is nobody's to drop.
            guard dropCounts(of: id, 1, by: ended.principal) else { continue }
            call.peers.withHost(host) { $0.bury(id) }
            call.table.bury(id, references: 1, at: now, isSure: false)
        }
        call.peers.withHost(host) { $0.sessions -= 1 }
        scheduleCollection()
    }

    private mutating func loseWaiters(ofSlot slot: Int) {
        if let id = call.sessions[slot].waiter { _ = loseWaiter(id) }
        if let tagged = call.sessions[slot].tagged { loseWaiters(of: tagged) }
    }

    /// Whether a connection has a call that waits.
    package func isWaiting(_ session: SessionID) -> Bool {
        guard call.isAlive(session) else { return false }
        let session = call.sessions[Int(session.slot)]
        return session.waiter != nil || session.tagged?.waiters.isEmpty == false
    }

    /// Takes a call out that waits, for nobody wants its outcome any more.
    mutating func loseWaiter(_ id: WaiterID) -> Waiter? {
        guard let waiter = call.removeWaiter(id) else { return nil }
        call.caller = waiter.session
        call.object = waiter.object
        call.table[waiter.object]?.lost(waiter, &call)
        call.abandon(id, waiter)
        return waiter
    }

    /// Sets free what a session holds, and its slot.
    mutating func end(_ session: SessionID, _ deaths: [ObjectID: Death] = [:]) {
        let slot = Int(session.slot)
        // Nobody else ends what an announced process took without its main connection.
        let isAlone = call.sessions[slot].isAlone
        for id in call.sessions[slot].holdings.takeAll() {
            let isDeath =
                limits.releaseRule == .disconnected || isAlone || deaths[id]?.freesLocks == true
            bereave(id, of: .session(session), isDeath: isDeath)
        }
        // Who called through it may do so again by another.
        if let called = call.sessions[slot].called {
            for id in called.keys { call.table.touch(id, at: call.now) }
        }
        call.sessions[slot] = Session(serial: 0)
        freeSessions.append(slot)
    }

    /// What the death of a process means for an object.
    struct Death {
        let freesLocks: Bool
        let dropsReference: Bool
    }

    /// What the end of a session means for the objects that its process counts and has not dropped,
    /// if it is the end of the process.
    private mutating func deaths(of session: Session) -> [ObjectID: Death] {
        guard case .host(let host) = session.origin, session.party.isMain,
            let called = session.called
        else { return [:] }
        var deaths: [ObjectID: Death] = [:]
        for (id, claim) in called where claim.evidence > .none {
            let ending = call.peers.withHost(host) { [now = call.now] in
                $0.ending(of: id, claim, at: now)
            }
            guard ending != .saidGoodbye else { continue }
            deaths[id] = Death(
                freesLocks: claim.evidence == .sure, dropsReference: ending == .refers)
        }
        return deaths
    }
}

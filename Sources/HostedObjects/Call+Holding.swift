// Who holds what.
extension Call {
    /// Whose end sets free what a session acquires now.
    func owner(of session: SessionID) -> OwnerID {
        guard isAlive(session) else { return .nobody }
        switch releaseRule {
        case .never: return .nobody
        case .disconnected:
            // A client that announces itself has several connections, and may use any.
            guard case .process(let process) = sessions[Int(session.slot)].origin,
                sessions[Int(session.slot)].identity != nil
            else { return .session(session) }
            return .process(process)
        case .died:
            guard case .process(let process) = sessions[Int(session.slot)].origin else {
                return .session(session)
            }
            return .process(process)
        }
    }

    /// Notes that a session holds the object, or the process whose it is.
    ///
    /// - Returns: whose end sets it free.
    mutating func hold(for session: SessionID) -> OwnerID {
        let owner = owner(of: session)
        hold(as: owner)
        return owner
    }

    /// Notes that the object is held.
    mutating func hold(as owner: OwnerID) {
        switch owner {
        case .nobody: break
        case .session(let session):
            guard isAlive(session) else { return }
            sessions[Int(session.slot)].holdings.append(object, of: table)
        case .process(let process): peers.hold(object, of: table, for: process)
        }
    }

    /// Notes that the object is held once less.
    mutating func letGo(of owner: OwnerID) {
        switch owner {
        case .nobody: break
        case .session(let session):
            guard isAlive(session) else { return }
            sessions[Int(session.slot)].holdings.remove(object)
        case .process(let process):
            _ = peers.with(process) { [object] in $0.holdings.remove(object) }
        }
    }

    @inline(__always)
    func isAlive(_ session: SessionID) -> Bool {
        let slot = Int(session.slot)
        return sessions.indices.contains(slot) && sessions[slot].serial == session.serial
    }
}

// MARK: - Who refers to what

extension Call {
    /// Counts an object once for whose a session is; false if it is gone.
    mutating func retain(_ id: ObjectID, for session: SessionID) -> Bool {
        guard table.retain(id) else { return false }
        guard isAlive(session) else { return true }
        if let principal = sessions[Int(session.slot)].principal {
            principals.retain(id, for: principal, of: table)
        }
        switch sessions[Int(session.slot)].origin {
        case .unknown: table.noteStranger(id)
        case .process(let process):
            let wasNoted: Void? = peers.with(process) { [table] in $0.retain(id, of: table) }
            if wasNoted == nil { table.noteStranger(id) }
        case .host(let host):
            peers.withHost(host) { [table, now] in $0.retain(id, of: table, at: now) }
        }
        return true
    }

    /// Counts an object once less. Gives it if that was the last time and it must go.
    mutating func release(_ id: ObjectID, for session: SessionID) -> (any HostedObject)? {
        guard table.place(id) != nil else { return nil }
        if isAlive(session) {
            // Nobody takes away what is counted for others.
            if let principal = sessions[Int(session.slot)].principal,
                !principals.release(id, for: principal)
            {
                return nil
            }
            let wasCounted: Bool
            switch sessions[Int(session.slot)].origin {
            case .unknown: wasCounted = false
            case .process(let process):
                wasCounted = peers.with(process) { $0.release(id) } ?? false
                // It has been taken for dead, and now drops what was dropped for it then.
                if !wasCounted, peers.isAnnounced(process) { return nil }
            case .host(let host):
                wasCounted = peers.withHost(host) { [now] in $0.release(id, at: now) }
                // So too here: its main connection is gone, or has not come yet.
                if !wasCounted, sessions[Int(session.slot)].identity != nil { return nil }
            }
            if !wasCounted { table.noteStrangersRelease(id) }
        }
        return table.release(id, at: now)
    }
}

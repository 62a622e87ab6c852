import Pickle

// Principals, and what becomes of those whose rights change.
extension ObjectStore {
    /// Gives a principal rights, from now on and in the sessions that it has: calls that wait and
    /// may not be made any more are answered with a PermissionError.
    ///
    /// - Returns: what sessions of the principal are opened with.
    package mutating func grant(
        _ rights: Rights, to name: String, at now: Instant
    ) -> PrincipalID {
        let id = call.principals.set(rights, of: name)
        call.now = now
        for waiter in waiters(of: id) { withdraw(waiter, from: id) }
        return id
    }

    /// The calls of a principal that wait, in the order in which they came.
    private func waiters(of principal: PrincipalID) -> [WaiterID] {
        var waiters: [WaiterID] = []
        for session in call.sessions where session.principal == principal && session.owner == 0 {
            if let waiter = session.waiter { waiters.append(waiter) }
            if let tagged = session.tagged { waiters += tagged.waitersInOrder }
        }
        return waiters.sorted { $0.serial < $1.serial }
    }

    private mutating func withdraw(_ id: WaiterID, from principal: PrincipalID) {
        guard let waiter = call.waiters[id], !waiter.isCreating,
            !call.access(of: principal, to: waiter.asked).isSuperset(of: waiter.need)
        else { return }
        call.fail(id, call.refusal(of: waiter.need, waiter.asked, to: principal))
        call.caller = waiter.session
        call.object = waiter.object
        call.table[waiter.object]?.lost(waiter, &call)
        call.abandon(id, waiter)
    }

    /// Whether the caller may call a method of an object.
    ///
    /// Apart from the way of those who may do everything, which it must not make longer.
    @inline(never)
    mutating func permit(
        _ name: UnsafeRawBufferPointer, of object: any HostedObject, _ id: ObjectID
    ) throws(Failure) {
        try call.permit(unsafe object.effect(of: name) == .reads ? .reading : .changing, id)
    }

    /// Notes that an object has a name from now on, or has none any more.
    mutating func setRealm(_ id: ObjectID, name: String?) {
        guard let entry = call.table[entry: id] else { return }
        let realm = Realm(name: name, typeid: entry.typeid, owner: call.principal)
        call.table.setRealm(id, realm)
        call.principals.rightsHaveChanged()
    }
}

import Pickle

// Who may do what.
extension Call {
    /// The caller's principal; nil for a caller who may do everything.
    var principal: PrincipalID? {
        isAlive(caller) ? sessions[Int(caller.slot)].principal : nil
    }

    /// - Throws: PermissionError, where the caller may not do that with the object.
    mutating func permit(_ need: Rights.Access, _ id: ObjectID) throws(Failure) {
        guard principals.areThere, let principal else { return }
        self.need = need
        let slot = Int(caller.slot)
        let access: Rights.Access
        let known = sessions[slot].known
        if known.object == id, known.epoch == principals.epoch {
            access = known.access
        } else {
            access = self.access(of: principal, to: id)
            sessions[slot].known = KnownAccess(
                object: id, access: access, epoch: principals.epoch)
        }
        guard access.isSuperset(of: need) else { throw refusal(of: need, id, to: principal) }
    }

    /// - Throws: PermissionError, where the caller may not read an object whose proxy is among its
    ///   arguments.
    mutating func permitReading(_ id: ObjectID) throws(Failure) {
        let before = need
        defer { need = before }
        try permit(.reading, id)
    }

    /// What a principal may do with an object.
    func access(of principal: PrincipalID, to id: ObjectID) -> Rights.Access {
        guard let place = table.place(id) else { return .whole }
        let rights = principals.rights(principal)
        guard let realm = table.entries[place].realm else {
            return rights.types[table.entries[place].typeid].intersection(.whole)
        }
        return realm.access(of: principal, rights)
    }

    /// Why a principal may not use an object so.
    func refusal(
        of need: Rights.Access, _ id: ObjectID, to principal: PrincipalID
    ) -> Failure {
        let entry = table[entry: id]
        let what = entry?.realm?.name.map { "'\($0)'" } ?? "this \(entry?.typeid ?? "object")"
        let verb = need.contains(.changing) ? "change" : "read"
        return .forbidden(principals.name(principal), "\(verb) \(what)")
    }

    /// - Throws: PermissionError, where the caller may not do that with what has the name.
    func permit(_ need: Rights.Access, named name: String) throws(Failure) {
        guard principals.areThere, let principal else { return }
        guard principals.rights(principal).names[name].isSuperset(of: need) else {
            let verb = need.contains(.changing) ? "change" : "read"
            throw .forbidden(principals.name(principal), "\(verb) '\(name)'")
        }
    }

    /// - Throws: PermissionError, where the caller may not make objects of the type.
    func permitMaking(_ typeid: String) throws(Failure) {
        guard principals.areThere, let principal else { return }
        try permit(.create)
        guard principals.rights(principal).types[typeid].contains(.making) else {
            throw .forbidden(principals.name(principal), "make a \(typeid)")
        }
    }

    /// - Throws: PermissionError, where the caller may not ask that.
    func permit(_ verb: Rights.Verb) throws(Failure) {
        guard principals.areThere, let principal else { return }
        guard principals.rights(principal).verbs.contains(verb) else {
            throw .forbidden(principals.name(principal), "ask for \(verb.rawValue)")
        }
    }

    /// The realm of what the caller makes.
    ///
    /// - Parameter origin: the object out of which it comes, if it comes out of one.
    func realm(of typeid: String, from origin: ObjectID, isPersonal: Bool) -> Realm? {
        guard principals.areThere else { return nil }
        guard let place = table.place(origin) else {
            return Realm(typeid: typeid, owner: principal)
        }
        let entry = table.entries[place]
        return Realm(
            name: entry.realm?.name, typeid: entry.realm?.typeid ?? entry.typeid,
            owner: entry.realm?.owner, holder: isPersonal ? principal : nil)
    }
}

/// What was found of a session's access to the object that it called last.
struct KnownAccess {
    var object = ObjectID.none
    var access: Rights.Access = []
    /// When that was: see ``Principals/epoch``.
    var epoch: UInt32 = 0
}

extension Failure {
    /// Somebody has no right to something. It travels as an exception whatever was asked, so that
    /// clients can catch it.
    static func forbidden(_ principal: String, _ what: String) -> Failure {
        var failure = Failure("PermissionError", "not permitted: \(principal) may not \(what)")
        failure.isRefusal = true
        return failure
    }
}

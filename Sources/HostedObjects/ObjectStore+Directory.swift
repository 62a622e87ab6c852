import Pickle

// The directory of named objects: how processes that know nothing of each other find the same
// object.
extension ObjectStore {
    /// Makes an object that the typeid `name` means from now on; it lives until the server ends, or
    /// its name is taken away.
    ///
    /// - Throws: ``Failure`` where there is no such type or the name is taken.
    package mutating func share(_ name: String, as typeid: String) throws(Failure) {
        guard makers[name] == nil else { throw .value("the typeid '\(name)' is taken") }
        guard makers[typeid] != nil else {
            throw .value(
                "there is no type '\(typeid)', but "
                    + makers.keys.sorted().joined(separator: ", "))
        }
        if case .foreign = makers[typeid] {
            makers[name] = .sharedForeign(typeid: typeid)
        } else if let id = try find(PickleString(name), typeid, Arguments.none) {
            makers[name] = .shared(id)
        }
    }

    /// `create("shared", typeid, name, *args)`: finds the object of that name, or makes it of
    /// `args`; nil where the caller waits until somebody else's code has made it.
    mutating func findShared(_ arguments: Arguments) throws(Failure) -> ObjectID? {
        guard let type = arguments[0], let name = arguments[1],
            let typeid = arguments.text(type), let text = arguments.text(name)
        else { throw .type("shared() takes a typeid and a name, both str") }
        try call.permit(.reading, named: text)
        let key = PickleString(text)
        if directory[key] == nil {
            try call.permit(.changing, named: text)
            try call.permitMaking(typeid)
        }
        return try find(key, typeid, arguments.droppingFirst(2))
    }

    /// `create("unshared", name)`: the object of that name, which from now on lives as others do.
    mutating func unshare(_ arguments: Arguments) throws(Failure) -> ObjectID {
        guard let slice = arguments[0], let name = arguments.text(slice), arguments.count == 1
        else {
            throw .type("unshared() takes a name, a str")
        }
        try call.permit(.changing, named: name)
        guard let id = directory.removeValue(forKey: PickleString(name)) else {
            throw Failure(missingKey: .str(name))
        }
        // Nor is it a typeid any more, by which it would be looked for when it is gone.
        switch makers[name] {
        case .shared, .sharedForeign: makers[name] = nil
        default: break
        }
        call.table.setNamed(id, false, at: call.now)
        setRealm(id, name: nil)
        scheduleCollection()
        return id
    }

    /// The object of that name, made if there is none; nil where the caller waits for it.
    mutating func find(
        _ name: PickleString, _ typeid: String, _ arguments: Arguments
    ) throws(Failure) -> ObjectID? {
        let known = directory[name].map { call.table[entry: $0]?.typeid ?? "" }
        if let found = known ?? pendingNames[name]?.typeid, found != typeid {
            throw .type("'\(name)' is a \(found), not a \(typeid)")
        }
        if let id = directory[name] { return id }
        if case .foreign = makers[typeid] {
            try wait(forMaking: name, typeid, arguments)
            return nil
        }
        guard case .type(let make) = makers[typeid] else {
            throw Failure(missingKey: .str(typeid))
        }
        let id = try insert(try make(arguments, &call), typeid: typeid)
        give(id, name)
        return id
    }

    /// Gives a new object its name.
    mutating func give(_ id: ObjectID, _ name: PickleString) {
        call.table.setNamed(id, true, at: call.now)
        setRealm(id, name: name.string)
        directory[name] = id
    }

    /// Lets the caller wait for an object that somebody else's code makes: whoever comes first has
    /// it made, and who comes meanwhile gets the same one.
    private mutating func wait(
        forMaking name: PickleString, _ typeid: String, _ arguments: Arguments
    ) throws(Failure) {
        if pendingNames[name] == nil {
            guard pendingNames.count < limits.pendingNames else {
                throw .overLimit(
                    .pendingNames, "\(limits.pendingNames) objects being made")
            }
            try call.checkWaiting()
            try call.launch(makingOf: typeid, named: name, arguments)
            pendingNames[name] = PendingName(typeid: typeid, line: call.waiters.makeList())
        }
        guard let pending = pendingNames[name] else { return }
        _ = try call.park(in: pending.line, seconds: nil, timeUp: .returns(false))
    }
}

/// A named object that is being made.
struct PendingName {
    let typeid: String
    /// Where those wait who asked for it.
    let line: WaiterListID
}

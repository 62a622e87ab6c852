import Pickle

// The directory of named objects: how processes that know nothing of each other find the same
// object.
extension ObjectStore {
    /// Makes an object that the typeid `name` means from now on; it lives until the server ends.
    ///
    /// - Throws: ``Failure`` where there is no such type or the name is taken.
    package mutating func share(_ name: String, as typeid: String) throws(Failure) {
        guard makers[name] == nil else { throw .value("the typeid '\(name)' is taken") }
        makers[name] = .shared(try named(name, typeid, Arguments.none))
    }

    /// `create("shared", typeid, name, *args)`: finds the object of that name, or makes it of
    /// `args`.
    mutating func findShared(_ arguments: Arguments) throws(Failure) -> ObjectID {
        guard let type = arguments[0], let name = arguments[1],
            let typeid = arguments.text(type), let text = arguments.text(name)
        else { throw .type("shared() takes a typeid and a name, both str") }
        return try named(text, typeid, arguments.droppingFirst(2))
    }

    /// `create("unshared", name)`: the object of that name, which from now on lives as others do.
    mutating func unshare(_ arguments: Arguments) throws(Failure) -> ObjectID {
        guard let slice = arguments[0], let name = arguments.text(slice), arguments.count == 1
        else {
            throw .type("unshared() takes a name, a str")
        }
        guard let id = directory[name] else { throw Failure(missingKey: .str(name)) }
        directory[name] = nil
        call.table.setNamed(id, false, at: call.now)
        scheduleCollection()
        return id
    }

    private mutating func named(
        _ name: String, _ typeid: String, _ arguments: Arguments
    ) throws(Failure) -> ObjectID {
        if let id = directory[name] {
            let found = call.table[entry: id]?.typeid ?? ""
            guard found == typeid else {
                throw .type("'\(name)' is a \(found), not a \(typeid)")
            }
            return id
        }
        if case .foreign = makers[typeid] {
            throw .type("an object of a registered type ('\(typeid)') has no name")
        }
        guard case .type(let make) = makers[typeid] else {
            throw Failure(missingKey: .str(typeid))
        }
        let id = try insert(try make(arguments, &call), typeid: typeid)
        call.table.setNamed(id, true, at: call.now)
        directory[name] = id
        return id
    }
}

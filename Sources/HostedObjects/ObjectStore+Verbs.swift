import Pickle

// The verbs of a manager server, each one request on a connection of its own: CPython's nine, and
// `server_info`, `tagged` and `outcome`, which CPython refuses.
extension ObjectStore {
    /// CPython's verbs.
    static let verbs: Set<String> = [
        "shutdown", "create", "accept_connection", "get_methods", "debug_info",
        "number_of_objects", "dummy", "incref", "decref",
    ]

    /// Carries out a verb. Gives the object too that was created, if any.
    mutating func callVerb(
        _ name: UnsafeRawBufferPointer, _ arguments: Arguments
    ) throws(Failure) -> (Reception, ObjectID?) {
        do throws(Failure) {
            return try carryOut(unsafe String(decoding: name, as: UTF8.self), arguments)
        } catch {
            throw error.asTraceback()
        }
    }

    private mutating func carryOut(
        _ verb: String, _ arguments: Arguments
    ) throws(Failure) -> (Reception, ObjectID?) {
        switch verb {
        case "create": return try create(arguments)
        case "incref": try incref(arguments)
        case "decref": try decref(arguments)
        case "get_methods": try getMethods(arguments)
        case "accept_connection":
            let name = try bind(arguments, ["name"], required: 1, verb) { bound in
                bound[0].flatMap { bound.text($0) } ?? ""
            }
            if let isKnownByLine = try accept(name) {
                call.out.bool(isKnownByLine)
            } else {
                call.out.none()
            }
            return (.replied, nil)
        case "number_of_objects":
            try call.permit(.numberOfObjects)
            try bind(arguments, [], required: 0, verb) { _ in }
            call.out.int(call.table.countedObjects)
        case "debug_info":
            try call.permit(.debugInfo)
            try bind(arguments, [], required: 0, verb) { _ in }
            call.out.str(debugInfo())
        case "dummy":
            try bind(arguments, [], required: 0, verb) { _ in }
            call.out.none()
        case "server_info":
            try bind(arguments, [], required: 0, verb) { _ in }
            ServerInfo.write(to: &call.out)
        case "tagged":
            let names: [StaticString] = ["version", "line"]
            let line = try bind(arguments, names, required: 1, verb) { (bound) throws(Failure) in
                try bound.number(1)
            }
            call.out.int(Int(try useTags(line)))
        case "outcome", "undo":
            let names: [StaticString] = ["line", "tag", "number"]
            let name = try bind(arguments, names, required: 3, verb) {
                (bound) throws(Failure) -> CallName in
                (try bound.number(0), try bound.number(1), try bound.number(2))
            }
            if verb == "undo" {
                try writeUndoing(of: name)
            } else {
                try writeOutcome(of: name)
            }
        case "shutdown":
            try call.permit(.shutdown)
            try bind(arguments, [], required: 0, verb) { _ in }
            call.out.none()
            return (.shutdown, nil)
        default:
            throw Failure("AssertionError", "'\(verb.prefix(64))' unrecognized")
        }
        return (.finished, nil)
    }

    private func bind<Result>(
        _ arguments: Arguments, _ names: [StaticString], required: Int, _ verb: String,
        _ body: (Arguments) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // CPython's methods take the server and the connection before these.
        guard arguments.count <= names.count else {
            throw .type(
                "Server.\(verb)() takes \(names.count + 2) positional arguments "
                    + "but \(arguments.count + 2) were given")
        }
        let signature = Signature.named(names, required: required, as: "Server.\(verb)")
        return try signature.bind(arguments, method: verb, type: "Server", body)
    }

    private mutating func create(
        _ arguments: Arguments
    ) throws(Failure) -> (Reception, ObjectID?) {
        guard let first = arguments[0] else {
            throw .type("Server.create() missing 1 required positional argument: 'typeid'")
        }
        let typeid = try arguments.value(first)
        guard let name = arguments.text(first), let maker = makers[name] else {
            throw Failure(missingKey: typeid)
        }
        try arguments.checkKeywords()
        let rest = arguments.droppingFirst(1)
        // What an earlier call was made on has no part in this one.
        call.object = .none
        try permit(maker, name)
        let id: ObjectID
        switch maker {
        case .type(let make): id = try insert(try make(rest, &call), typeid: name)
        case .shared(let shared):
            try rest.checkNone(of: name)
            id = shared
        case .sharedForeign(let typeid):
            try rest.checkNone(of: name)
            guard let shared = try find(PickleString(name), typeid, Arguments.none) else {
                return (.parked, nil)
            }
            id = shared
        case .foreign:
            _ = try call.launch(.make(typeid: name), rest)
            return (.parked, nil)
        case .directory:
            guard let shared = try findShared(rest) else { return (.parked, nil) }
            id = shared
        case .unsharing: id = try unshare(rest)
        }
        _ = call.retain(id, for: call.caller)
        Self.writeCreated(id, call.table[id]?.created ?? [], to: &call.out)
        return (.finished, id)
    }

    /// - Throws: PermissionError, where the caller may not have an object in this way. What is
    ///   found or loses its name by the directory is looked at there.
    private func permit(_ maker: Maker, _ typeid: String) throws(Failure) {
        switch maker {
        case .type, .foreign: try call.permitMaking(typeid)
        case .shared, .sharedForeign: try call.permit(.reading, named: typeid)
        case .directory, .unsharing: break
        }
    }

    /// The object that a verb's argument names, which the caller may read.
    private mutating func object(
        _ arguments: Arguments, _ parameter: StaticString, _ verb: String
    ) throws(Failure) -> ObjectID {
        let id = try bind(arguments, [parameter], required: 1, verb) {
            (bound) throws(Failure) -> ObjectID in
            guard let slice = bound[0] else { throw .type("\(parameter) is missing") }
            guard slice.kind == .str else {
                // What cannot be a key is another error.
                try DictKey.with(slice, of: bound) { _ in }
                throw Failure(missingKey: try bound.value(slice))
            }
            let ident = unsafe bound.payload(slice)
            guard let id = unsafe ObjectID(hexadecimal: ident), call.table.place(id) != nil else {
                throw unsafe missingObject(ident)
            }
            return id
        }
        try call.permit(.reading, id)
        return id
    }

    private mutating func incref(_ arguments: Arguments) throws(Failure) {
        _ = call.retain(try object(arguments, "ident", "incref"), for: call.caller)
        call.out.none()
    }

    private mutating func decref(_ arguments: Arguments) throws(Failure) {
        let id = try object(arguments, "ident", "decref")
        if let dropped = call.release(id, for: call.caller) { dismiss(dropped) }
        scheduleCollection()
        call.out.none()
    }

    private mutating func getMethods(_ arguments: Arguments) throws(Failure) {
        let token = try bind(arguments, ["token"], required: 1, "get_methods") {
            (bound) throws(Failure) in
            guard let slice = bound[0] else { throw .type("token is missing") }
            return try bound.decoded(slice)
        }
        guard let ident = token.token?.id else {
            throw Failure("AttributeError", "'\(token.nameOfType)' object has no attribute 'id'")
        }
        guard let id = ObjectID(ident), let object = call.table[id] else {
            var ident = ident
            throw ident.withUTF8 { unsafe missingObject(UnsafeRawBufferPointer($0)) }
        }
        try call.permit(.reading, id)
        writeExposed(object.exposed)
    }

    private mutating func debugInfo() -> String {
        let counted = call.table.entries.filter { $0.references > 0 }
        // Only the first words of each text are wanted, so not many long ones are written.
        var room = 1 << 20
        return counted.sorted { $0.id < $1.id }.compactMap { entry in
            guard let object = entry.object else { return nil }
            call.object = entry.id
            let text = room > 0 ? (try? object.repr(&call)) ?? object.typeName : object.typeName
            room -= text.utf8.count
            return "  \(entry.id.ident):       refcount=\(entry.references)\n    "
                + text.prefix(75)
        }.joined(separator: "\n")
    }
}

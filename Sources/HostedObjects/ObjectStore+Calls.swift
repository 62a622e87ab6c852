import Pickle

// Calls of hosted objects' methods.
extension ObjectStore {
    /// Calls a method, or what CPython falls back on where it is not exposed.
    @inline(__always)
    mutating func callMethod(
        _ name: UnsafeRawBufferPointer, _ object: any HostedObject, _ arguments: Arguments,
        _ start: Int
    ) throws(Failure) -> Reception {
        switch try unsafe object.perform(name, arguments, &call) {
        case .returned:
            if call.out.count - start > limits.replySize {
                try unsafe checkReply(to: name, of: object, start)
            }
            return .replied
        case .parked: return .parked
        case .proxy(let made, let typeid):
            try returnProxy(made, typeid, start)
            return .replied
        case nil:
            let text = unsafe String(decoding: name, as: UTF8.self)
            if text == Self.fencedCall { return try callFenced(object, arguments, start) }
            try fallBack(text, object, arguments)
            if call.out.count - start > limits.replySize {
                try unsafe checkReply(to: name, of: object, start)
            }
            return .replied
        }
    }

    /// - Throws: MemoryError, where a reply is too long for a call that changes nothing. What has
    ///   changed something is answered at any length: that is no more than requests have brought.
    private mutating func checkReply(
        to name: UnsafeRawBufferPointer, of object: any HostedObject, _ start: Int
    ) throws(Failure) {
        let size = ReplyFrame.pickleSize(call.out.count - start, tag: call.tag)
        guard size > limits.replySize, unsafe object.effect(of: name) == .reads else { return }
        throw .overLimit(.replySize, "\(limits.replySize) bytes a reply")
    }

    /// `str()`, `repr()` and `_getvalue()` work for every object; no other unexposed method does.
    private mutating func fallBack(
        _ name: String, _ object: any HostedObject, _ arguments: Arguments
    ) throws(Failure) {
        do throws(Failure) {
            switch name {
            case "__str__":
                try checkNone(arguments, of: "fallback_str")
                call.out.str(try object.repr(&call))
            case "__repr__":
                try checkNone(arguments, of: "fallback_repr")
                call.out.str(try object.repr(&call))
            case "#GETVALUE":
                try checkNone(arguments, of: "fallback_getvalue")
                try object.value(&call)
            default:
                throw notExposed("'\(name)'", .str(name), object)
            }
        } catch {
            throw error.form == .raised ? error.asTraceback() : error
        }
    }

    /// Python counts `self`, the connection, the ident and the object.
    private func checkNone(_ arguments: Arguments, of fallback: String) throws(Failure) {
        try arguments.checkKeywords()
        try arguments.checkNone(of: "Server.\(fallback)", besides: 4)
    }

    /// A method's name that is not a str is one that is not exposed.
    func notExposed(_ name: PickledValue, _ object: any HostedObject) throws(Failure) -> Failure {
        notExposed(try Representation.of(name), name, object)
    }

    private func notExposed(
        _ text: String, _ name: PickledValue, _ object: any HostedObject
    ) -> Failure {
        let exposed = object.exposed.map { "'\($0)'" }.joined(separator: ", ")
        let reason = Failure(
            "AttributeError",
            "method \(text) of <class '\(object.typeName)'> object is not in exposed={\(exposed)}")
        guard name != .none else { return reason.asTraceback() }
        var failure = Failure(missingKey: name).asTraceback()
        failure.context = reason.line
        return failure
    }

    /// Takes the object in, counted once for the caller, and makes the reply a `#PROXY`.
    private mutating func returnProxy(
        _ object: any HostedObject, _ typeid: String, _ start: Int
    ) throws(Failure) {
        let id = try insert(
            object, typeid: typeid, from: call.object,
            isPersonal: typeid == HostedIterator.typeid)
        _ = call.retain(id, for: call.caller)
        call.out.removeAll(from: start)
        _ = ReplyFrame.openWithoutKind(&call.out, tag: call.tag)
        Self.writeProxy(id, typeid, object.exposed, to: &call.out)
    }

    /// Writes a tuple of names.
    mutating func writeExposed(_ names: [String]) {
        call.out.tuple(names.map { PickledValue.str($0) })
    }

    /// Takes a new object in.
    ///
    /// - Parameters:
    ///   - origin: the object out of which it comes, if it comes out of one.
    ///   - isPersonal: whether nobody but the caller is to use it.
    mutating func insert(
        _ object: any HostedObject, typeid: String, from origin: ObjectID = .none,
        isPersonal: Bool = false
    ) throws(Failure) -> ObjectID {
        do throws(Failure) {
            let id = try call.table.insert(object, typeid: typeid, limit: limits.objects)
            if let realm = call.realm(of: typeid, from: origin, isPersonal: isPersonal) {
                call.table.setRealm(id, realm)
            }
            return id
        } catch {
            for list in object.waiterLists { call.waiters.remove(list) }
            throw error
        }
    }

    /// Why there is no such verb.
    func unrecognized(_ verb: PickledValue) throws(Failure) -> Failure {
        // `"%r unrecognized" % verb`: a tuple stands for its elements there.
        let parts = try verb.decodedOrFailure()
        if case .tuple(let elements) = parts.kind, elements.count == 1 {
            return Failure("AssertionError", "\(elements[0].repr()) unrecognized").asTraceback()
        }
        return Failure("AssertionError", "\(parts.repr()) unrecognized").asTraceback()
    }

    /// Why there is no such object, as the KeyError that CPython would give.
    func missingObject(_ ident: UnsafeRawBufferPointer) -> Failure {
        let text = unsafe String(decoding: ident.prefix(64), as: UTF8.self)
        var failure = Failure(missingKey: .str(text)).asTraceback()
        let id = unsafe ObjectID(hexadecimal: ident)
        let reason =
            id.map { call.table.wasHere($0) } == true
            ? "the object is gone, because its last proxy was dropped"
            : "this server never had such an object; was it started anew?"
        failure.text += " (\(reason))"
        return failure
    }
}

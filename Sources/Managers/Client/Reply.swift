internal import Pickle

/// What a server answers: the pickle of `(kind, result)`.
enum Reply: Sendable {
    /// `#RETURN`: what the call returned.
    case value(PickleValue)
    /// `#PROXY`: a new object that the call made, counted once for us.
    case proxy(exposed: [String], token: ManagerToken)
    /// `#ERROR`: the exception that the call raised.
    case raised(PickleValue)
    /// `#TRACEBACK` or `#UNSERIALIZABLE`: why the request came to nothing.
    case failed(traceback: String)

    /// Reads a reply.
    ///
    /// - Throws: ``ManagerError`` with `unexpectedReply`; `messageTooLarge` where it has more
    ///   values than `PickleLimits.decoding` allows.
    init(_ message: [UInt8]) throws(ManagerError) {
        let value: PickleValue
        do {
            value = try PickleValue(pickle: message, limits: .decoding)
        } catch {
            if error.code == .limitExceeded {
                throw ManagerError(
                    .messageTooLarge, "the server's reply is \(error.reason)", underlying: error)
            }
            throw .unexpectedReply("the server's reply is no pickle", error)
        }
        guard case .tuple(let parts) = value.kind, parts.count == 2, let kind = parts[0].string
        else { throw .unexpectedReply("the server's reply is \(value.repr(limit: 100))") }
        switch kind {
        case "#RETURN": self = .value(parts[1])
        case "#ERROR": self = .raised(parts[1])
        case "#TRACEBACK", "#UNSERIALIZABLE": self = .failed(traceback: parts[1].str())
        case "#PROXY":
            guard case .tuple(let made) = parts[1].kind, made.count == 2,
                let exposed = made[0].names, let token = made[1].token
            else { throw .unexpectedReply("a proxy that is \(parts[1].repr(limit: 100))") }
            self = .proxy(exposed: exposed, token: token)
        default: throw .unexpectedReply("a reply of the kind \(kind.prefix(40))")
        }
    }

    /// What the call returned.
    ///
    /// - Parameter subject: what a KeyError in a traceback is about: the ident or the typeid.
    /// - Throws: ``ManagerError`` with `remote`, `objectGone`, `unexpectedReply`.
    func returned(about subject: String? = nil) throws(ManagerError) -> PickleValue {
        switch self {
        case .value(let value): return value
        case .proxy: throw .unexpectedReply("a new object instead of a value")
        case .raised(let exception): throw .raised(exception)
        case .failed(let traceback): throw .failed(traceback, about: subject)
        }
    }
}

extension Reply {
    /// What a call of an object's method returned.
    ///
    /// - Throws: ``ManagerError`` with `remote`, `objectGone`, `unexpectedReply`.
    func returned(about object: ObjectReference) throws(ManagerError) -> PickleValue {
        do throws(ManagerError) {
            return try returned(about: object.ident)
        } catch {
            throw error.naming(object)
        }
    }

    /// What the call returned, or nil if it raised an exception of this name.
    func returned(
        about object: ObjectReference, orNilFor name: String
    ) throws(ManagerError) -> PickleValue? {
        do throws(ManagerError) {
            return try returned(about: object)
        } catch  where error.raised(name) {
            return nil
        }
    }
}

extension PickleValue {
    /// The items of a tuple or list of str.
    var names: [String]? {
        switch kind {
        case .tuple(let items), .list(let items):
            let names = items.compactMap(\.string)
            return names.count == items.count ? names : nil
        default: return nil
        }
    }
}

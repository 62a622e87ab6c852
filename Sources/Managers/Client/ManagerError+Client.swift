internal import Connections
internal import Pickle

extension ManagerError {
    static func encoding(_ reason: String, _ error: any Error) -> ManagerError {
        ManagerError(.encoding, "\(reason): \(error)", underlying: error)
    }

    static func unexpectedReply(
        _ reason: String, _ error: (any Error)? = nil
    ) -> ManagerError {
        ManagerError(.unexpectedReply, reason, underlying: error)
    }

    static func timedOut(_ what: String) -> ManagerError {
        ManagerError(.timedOut, what)
    }

    static let closed = ManagerError(.closed, "the manager was closed")

    /// A connection's failure, in the words of a manager.
    ///
    /// - Parameter inCall: whether a request was under way.
    init(_ error: ConnectionError, inCall: Bool = false) {
        let code: Code =
            switch error.code {
            case .closed: .connectionLost
            case .authenticationFailed, .invalidKey: .authenticationFailed
            case .messageTooLarge: .messageTooLarge
            case .malformedFrame: .unexpectedReply
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            case .invalidAddress: .invalidAddress
            case .addressInUse: .addressInUse
            case .refused, .unreachable: .unreachable
            case .tlsFailed: .tlsFailed
            default: .system
            }
        self.init(
            code, error.reason, underlying: error,
            isOutcomeUnknown: inCall && !error.isUnsent && !error.isTakenOut)
    }

    /// Whether the server has taken the call out of its line.
    var isTakenOut: Bool { (underlying as? ConnectionError)?.isTakenOut == true }

    /// Whether the server is not there now, or has just gone, and knows nothing of the request.
    var isServerAway: Bool {
        code == .unreachable || (code == .connectionLost && !isOutcomeUnknown)
    }

    /// The same, of a call of which nothing has come.
    var withoutTrace: ManagerError {
        ManagerError(code, reason, exception: exception, underlying: underlying)
    }

    /// The same, of a call of which something may have come.
    var withUnknownOutcome: ManagerError {
        ManagerError(
            code, reason, exception: exception, underlying: underlying, isOutcomeUnknown: true)
    }

    /// A server that this program has started, and that will not come back.
    static func processEnded(_ end: String) -> ManagerError {
        ManagerError(.unreachable, "the server's process has ended: \(end)")
    }
}

// MARK: - What the server raised

extension ManagerError {
    /// The method itself raised.
    static func raised(_ value: PickleValue) -> ManagerError {
        let raised = value.exception
        let exception = RemoteException(
            module: raised?.module ?? "builtins", name: raised?.name ?? value.typeName,
            message: raised?.message() ?? value.str(), swiftType: value.attribute("swift_type"))
        let code: Code =
            switch (exception.name, value.attribute("code")) {
            case ("RuntimeError", "lease_lost"): .leaseLost
            case ("PermissionError", "fenced"): .fenced
            default: exception.isRefusal ? .forbidden : .remote
            }
        return ManagerError(code, exception.line, exception: exception)
    }

    /// The request came to nothing: the server sent a traceback.
    static func failed(_ traceback: String, about subject: String?) -> ManagerError {
        let exception = RemoteException(traceback: traceback)
        if let subject, exception.name == "KeyError",
            exception.message.hasPrefix("'\(subject)'")
        {
            // Our servers say why, in parentheses.
            let why = exception.message.dropFirst(subject.utf8.count + 2)
            return ManagerError(
                .objectGone,
                "the object \(subject) is gone"
                    + (why.isEmpty
                        ? " (its last proxy was dropped, or the server was started anew)" : why),
                exception: exception)
        }
        return ManagerError(
            .remote, exception.line + notExposed(traceback), exception: exception)
    }

    /// What the traceback of a call says whose method is not exposed: of its two exceptions the
    /// first names the method and what there is, the second, a KeyError, only the method.
    private static func notExposed(_ traceback: String) -> String {
        let line = traceback.split(separator: "\n").first {
            $0.hasPrefix("AttributeError: method ") && $0.contains(" object is not in exposed=")
        }
        return line.map { " (\($0.dropFirst("AttributeError: ".count)))" } ?? ""
    }

    /// Whether this is what the server answered, so that the connection is as it was.
    var isAnswer: Bool { exception != nil }

    /// Whether the method that was called raised an exception of this name: `KeyError`. Where the
    /// object is gone, or no such method is exposed, a KeyError comes with the server's traceback.
    func raised(_ name: String) -> Bool {
        exception?.name == name && exception?.traceback == nil
    }

    /// The same, with the object's typeid.
    func naming(_ reference: ObjectReference) -> ManagerError {
        let prefix = "the object \(reference.ident)"
        guard code == .objectGone, reason.hasPrefix(prefix) else { return self }
        return ManagerError(
            code,
            "the \(reference.token.typeID) \(reference.ident)\(reason.dropFirst(prefix.count))",
            exception: exception, underlying: underlying)
    }

    /// The same for a `create`: there a KeyError means that there is no such type, unless it is
    /// that of the object's own initializer.
    func inCreating(_ typeid: String) -> ManagerError {
        guard code == .objectGone else { return self }
        if let exception, let raiser = PythonTraceback.function(in: exception.traceback ?? ""),
            raiser != "create"
        {
            return ManagerError(.remote, exception.line, exception: exception)
        }
        let reason =
            typeid == Manager.directoryTypeid
            ? "the server has no directory of named objects (CPython's has none)"
            : "the server has no typeid '\(typeid)'"
        return ManagerError(.unknownType, reason, exception: exception, underlying: underlying)
    }
}

extension PickleValue {
    /// What one of our servers says of an exception beside its class and its arguments.
    fileprivate func attribute(_ name: PickleValue) -> String? {
        guard case .object(let object) = kind, let state = object.states.last,
            case .dict(let attributes) = state.kind
        else { return nil }
        return attributes.first { $0.key == name }?.value.string
    }
}

extension RemoteException {
    /// Whether a server of this house says so that rights do not allow a call.
    var isRefusal: Bool {
        name == "PermissionError" && module == "builtins" && message.hasPrefix("not permitted: ")
    }

    /// The exception at the end of a traceback: `module.Name: message`.
    init(traceback: String) {
        let last = PythonTraceback.lastException(in: traceback)
        let parts = last.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let qualified = parts.first ?? ""
        let dot = qualified.lastIndex(of: ".")
        let message = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
        self.init(
            module: dot.map { String(qualified[..<$0]) } ?? "builtins",
            name: String(dot.map { qualified[qualified.index(after: $0)...] } ?? qualified),
            message: String(message), traceback: traceback)
    }

    /// What stands at the end of a traceback.
    var line: String {
        let qualified = module == "builtins" ? name : "\(module).\(name)"
        return message.isEmpty ? qualified : "\(qualified): \(message)"
    }
}

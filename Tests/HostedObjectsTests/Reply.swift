import Pickle

/// What a client is told.
enum Reply: Equatable {
    case returns(PickleValue)
    /// The exception's class, with its module if that is not builtins, and its arguments.
    case raises(String, [PickleValue])
    /// The last line of a `#TRACEBACK`.
    case traceback(String)
    /// The last line of an `#UNSERIALIZABLE`.
    case unserializable(String)
    case proxy(typeid: String, ident: String, exposed: PickleValue)
    /// None yet.
    case parked
    case hangUp
    /// Bytes that are no reply.
    case garbled([UInt8])

    /// An exception with one text.
    static func raises(_ name: String, _ text: String) -> Reply { .raises(name, [.str(text)]) }

    /// A MemoryError, for what is beyond a limit.
    static func overLimit(_ what: String) -> Reply {
        .raises("MemoryError", "over the limit: \(what)")
    }

    static let none = Reply.returns(.none)

    /// Reads one frame.
    init(frame: [UInt8]) {
        self = .garbled(frame)
        guard let value = try? PickleValue(pickle: Array(frame.dropFirst(4))),
            case .tuple(let parts) = value.kind, parts.count == 2, let kind = parts[0].string,
            frame.prefix(4).reduce(0, { $0 << 8 | Int($1) }) == frame.count - 4
        else { return }
        switch kind {
        case "#RETURN": self = .returns(parts[1])
        case "#ERROR":
            guard let error = parts[1].exception else { return }
            let name = error.module == "builtins" ? error.name : "\(error.module).\(error.name)"
            self = .raises(name, error.arguments)
        case "#TRACEBACK": self = .traceback(Self.lastLine(parts[1]))
        case "#UNSERIALIZABLE": self = .unserializable(Self.lastLine(parts[1]))
        case "#PROXY":
            guard case .tuple(let pair) = parts[1].kind, pair.count == 2, let token = pair[1].token
            else { return }
            self = .proxy(typeid: token.typeID, ident: token.id, exposed: pair[0])
        default: return
        }
    }

    private static func lastLine(_ text: PickleValue) -> String {
        text.string?.split(separator: "\n").last.map(String.init) ?? "?"
    }

    /// What was returned.
    var value: PickleValue? {
        guard case .returns(let value) = self else { return nil }
        return value
    }
}

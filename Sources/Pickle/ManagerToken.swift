/// What identifies an object that a manager hosts: CPython's `multiprocessing.managers.Token`.
///
/// Pickled as NEWOBJ of the class without arguments, and BUILD with the tuple `(typeid, address,
/// id)`.
public struct ManagerToken: Sendable, Equatable {
    static let module = "multiprocessing.managers"

    /// The name under which the object's type is registered, as in `dict`.
    public let typeID: String
    /// Where the manager listens: a tuple of host and port, or a path, as str or bytes.
    public let address: PickleValue
    /// The object's name within the manager, in hexadecimal.
    public let id: String

    /// Makes a token of its three fields.
    public init(typeID: String, address: PickleValue, id: String) {
        self.typeID = typeID
        self.address = address
        self.id = id
    }
}

/// A proxy for a hosted object, as its pickle names it: CPython's `RebuildProxy(cls, token,
/// serializer, keywords)`.
public struct ProxyReference: Sendable, Equatable {
    /// The module of the proxy's class or function, as in `multiprocessing.managers`.
    public let module: String
    /// The name of the proxy's class or function, as in `DictProxy` or `AutoProxy`.
    public let name: String
    /// The hosted object.
    public let token: ManagerToken
    /// The methods that an `AutoProxy` has; nil for a proxy of a class of its own.
    public let exposed: [String]?

    /// What Python calls the proxy's class.
    package var typeName: String { name == "AutoProxy" ? "AutoProxy[\(token.typeID)]" : name }

    /// Makes a reference to a hosted object by a class of proxies.
    public init(
        module: String = "multiprocessing.managers", name: String, token: ManagerToken,
        exposed: [String]? = nil
    ) {
        self.module = module
        self.name = name
        self.token = token
        self.exposed = exposed
    }
}

extension PickleValue {
    /// A token, pickled as CPython does.
    public static func token(_ token: ManagerToken) -> PickleValue {
        .newObject(
            .global(module: ManagerToken.module, name: "Token"),
            state: .tuple([.str(token.typeID), token.address, .str(token.id)]))
    }

    /// A proxy, pickled as CPython does.
    public static func proxy(_ proxy: ProxyReference) -> PickleValue {
        let keywords: [(key: PickleValue, value: PickleValue)] =
            proxy.exposed.map { [("exposed", .tuple($0.map { .str($0) }))] } ?? []
        return .reduce(
            .global(module: ManagerToken.module, name: "RebuildProxy"),
            [
                .global(module: proxy.module, name: proxy.name), .token(proxy.token), "pickle",
                .dict(keywords),
            ])
    }

    /// The value seen as a token, or nil.
    public var token: ManagerToken? {
        guard case .object(let object) = kind, let name = object.className,
            name.module == ManagerToken.module, name.name == "Token",
            case .tuple(let fields)? = object.states.last?.kind, fields.count == 3,
            let typeID = fields[0].string, let id = fields[2].string
        else { return nil }
        return ManagerToken(typeID: typeID, address: fields[1], id: id)
    }

    /// The value seen as a proxy, or nil.
    public var proxyReference: ProxyReference? {
        guard case .object(let object) = kind, object.construction == .reduce,
            case .global(ManagerToken.module, "RebuildProxy") = object.callable.kind,
            object.argumentCount == 4,
            case .global(let module, let name) = object.arguments[0].kind,
            let token = object.arguments[1].token,
            case .dict(let keywords) = object.arguments[3].kind
        else { return nil }
        let exposed = keywords.last { $0.key.string == "exposed" }
        return ProxyReference(
            module: module, name: name, token: token, exposed: exposed?.value.strings)
    }

    /// Every proxy inside the value, and the value itself if it is one, in the order in which
    /// they were made.
    package var proxyReferences: [ProxyReference] { arena.proxyReferences(from: [id]) }

    /// The text of a str; nil for another value or for one with lone surrogates.
    public var string: String? {
        guard case .str(let extent) = node else { return nil }
        return String(validating: arena.bytes(extent), as: UTF8.self)
    }

    /// The items of a tuple or list of str.
    private var strings: [String]? {
        switch kind {
        case .tuple(let items), .list(let items):
            let strings = items.compactMap(\.string)
            return strings.count == items.count ? strings : nil
        default: return nil
        }
    }
}

extension Arena {
    /// Every proxy inside some values, and among them.
    fileprivate func proxyReferences(from roots: [NodeID]) -> [ProxyReference] {
        guard !objects.isEmpty else { return [] }
        let reached = PicklePlan(self, roots: roots, protocol: .four).references
        return reached.marked.compactMap { PickleValue(self, $0).proxyReference }
    }
}

extension PickledValue {
    /// Every proxy inside some values, and among them. Each graph is gone through once.
    package static func proxyReferences(in values: [PickledValue]) -> [ProxyReference] {
        var found: [ProxyReference] = []
        var met = MetGraphs()
        for value in values {
            if let part = value.part {
                met.add(part)
                continue
            }
            let mayOccur = unsafe value.body.withUnsafeBytes {
                unsafe ProxyReference.mayOccur(in: $0)
            }
            if mayOccur, let decoded = try? value.decoded() { found += decoded.proxyReferences }
        }
        for (arena, roots) in met.graphs { found += arena.proxyReferences(from: roots) }
        return found
    }
}

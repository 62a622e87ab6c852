/// What identifies an object that a manager hosts: CPython's `multiprocessing.managers.Token`.
///
/// Pickled as NEWOBJ of the class without arguments, and BUILD with the tuple `(typeid, address,
/// id)`.
public struct ManagerToken: Sendable, Equatable {
    static let module = "multiprocessing.managers"
    /// How the names of modules end that have what this one has: `multiprocess.managers` for one.
    static let modules = ".managers"

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

    /// The value seen as a token, or nil: also for one with a typeid or an ident of more than 4,096
    /// bytes, of which a small pickle could name ever so many.
    public var token: ManagerToken? {
        guard let fields = arena.tokenFields(id), let typeID = sibling(fields.typeID).string,
            let id = sibling(fields.ident).string
        else { return nil }
        return ManagerToken(typeID: typeID, address: sibling(fields.address), id: id)
    }

    /// The value seen as a proxy, or nil.
    public var proxyReference: ProxyReference? {
        guard case .object(let object) = kind, object.construction == .reduce,
            case .global(let maker, "RebuildProxy") = object.callable.kind,
            maker.hasSuffix(ManagerToken.modules), object.argumentCount == 4,
            case .global(let module, let name) = object.arguments[0].kind,
            let token = object.arguments[1].token,
            case .dict(let keywords) = object.arguments[3].kind
        else { return nil }
        let exposed = keywords.last { $0.key.string == "exposed" }
        return ProxyReference(
            module: module, name: name, token: token, exposed: exposed?.value.strings)
    }

    /// The idents of the objects of which proxies are inside the value, or it is one itself; each
    /// once.
    package var proxiedIdents: Set<String> { arena.proxiedIdents(from: [id]) }

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
    /// The longest typeid, and the longest ident, of a token, in bytes.
    private static let longestField = 4096

    /// The fields of a token; nil for any other value. Nothing is copied to find out.
    fileprivate func tokenFields(
        _ id: NodeID
    ) -> (typeID: NodeID, address: NodeID, ident: NodeID)? {
        guard case .object(let index) = self[id] else { return nil }
        let object = objects[Int(index)]
        guard object.steps.count == 1, case .build(let state) = object.steps[0],
            case .tuple(let extent) = self[state], extent.count == 3, isToken(object)
        else { return nil }
        let fields = Array(children(extent))
        for field in [fields[0], fields[2]] {
            guard case .str(let text) = self[field], text.count <= Self.longestField else {
                return nil
            }
        }
        return (fields[0], fields[1], fields[2])
    }

    private func isToken(_ object: ArenaObject) -> Bool {
        if isTokenClass(object.callable) { return true }
        // Protocols 0 and 1 make instances by these.
        guard case .global(let module, let name) = self[object.callable],
            text(module).elementsEqual("copyreg".utf8),
            text(name).elementsEqual("_reconstructor".utf8)
                || text(name).starts(with: "__newobj".utf8),
            let first = children(items(ofTuple: object.arguments)).first
        else { return false }
        return isTokenClass(first)
    }

    private func isTokenClass(_ id: NodeID) -> Bool {
        guard case .global(let module, let name) = self[id] else { return false }
        return text(name).elementsEqual("Token".utf8)
            && text(module).suffix(ManagerToken.modules.utf8.count)
                .elementsEqual(ManagerToken.modules.utf8)
    }

    /// The idents of the objects of which proxies are inside some values, and among them; each
    /// once, and each token looked at once, for a small pickle may name the same ever so often.
    fileprivate func proxiedIdents(from roots: [NodeID]) -> Set<String> {
        guard !objects.isEmpty else { return [] }
        var idents: Set<String> = []
        // By their tokens, whatever function makes the proxies of these: a class of one's own may
        // have its own.
        for id in PicklePlan(self, roots: roots, protocol: .four).references.marked {
            if let token = PickleValue(self, id).token { idents.insert(token.id) }
        }
        return idents
    }
}

extension PickledValue {
    /// The idents of the objects of which proxies are inside some values, and among them; each
    /// once. Each graph is gone through once.
    package static func proxiedIdents(in values: [PickledValue]) -> Set<String> {
        var found: Set<String> = []
        var met = MetGraphs()
        for value in values {
            if let part = value.part {
                met.add(part)
                continue
            }
            let mayOccur = unsafe value.body.withUnsafeBytes {
                unsafe ProxyReference.mayOccur(in: $0)
            }
            if mayOccur, let decoded = try? value.decoded() {
                found.formUnion(decoded.proxiedIdents)
            }
        }
        for (arena, roots) in met.graphs { found.formUnion(arena.proxiedIdents(from: roots)) }
        return found
    }
}

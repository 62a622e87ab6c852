internal import Connections
internal import Pickle

extension Manager {
    /// The typeid of a server's directory of named objects.
    static let directoryTypeid = "shared"

    /// Makes a new object of a type, by its typeid, or finds the one of that name, and makes the
    /// proxy for it.
    ///
    /// For the types of a `SyncManager` there are `dict()`, `list()` and so on. This is for all
    /// others:
    ///
    /// ```swift
    /// let maths = try await manager.create("Maths", 10, keywords: ["digits": 3])
    /// let sum: Int = try await maths.call("add", 1, 2)
    /// ```
    ///
    /// - Parameters:
    ///   - typeid: the name under which the server has registered the type.
    ///   - argument: what the type is called with.
    ///   - keywords: what it is called with by name.
    ///   - name: the object's name in the server's directory; nil for a new object. Who comes first
    ///     has it made. CPython's servers have no directory.
    /// - Throws: ``ManagerError`` with `unknownType`, or `remote` for what the type raised.
    public func create<Proxy: ManagerProxy, each Argument: Encodable>(
        _ typeid: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:], named name: String? = nil,
        as type: Proxy.Type = ObjectProxy.self
    ) async throws(ManagerError) -> Proxy {
        var request = Self.creating(typeid, named: name)
        for argument in repeat each argument { try request.append(argument) }
        return try await create(
            typeid, of: name == nil ? nil : Self.directoryTypeid,
            request.finished(encoding: keywords), mayWait: true)
    }

    /// Makes an object, or finds the named one.
    ///
    /// ```text
    /// (None, 'create', (typeid, *args), kwds)                 -> ('#RETURN', (ident, exposed))
    /// (None, 'create', ('shared', typeid, name, *args), kwds) -> the same; the object may be older
    /// ```
    func make<Proxy: ManagerProxy, each Argument: Encodable>(
        _ typeid: String, named name: String?, _ argument: repeat each Argument,
        keywords: [String: PickleValue] = [:]
    ) async throws(ManagerError) -> Proxy {
        var request = Self.creating(typeid, named: name)
        for argument in repeat each argument { try request.append(argument) }
        let whole = request.finished(keywords: keywords)
        return try await create(typeid, of: name == nil ? nil : Self.directoryTypeid, whole)
    }

    private static func creating(_ typeid: String, named name: String?) -> Request {
        var request = Request(verb: "create")
        if name != nil { request.append(value: .str(Self.directoryTypeid)) }
        request.append(value: .str(typeid))
        if let name { request.append(value: .str(name)) }
        return request
    }

    /// The count that `create` gives is the proxy's: no `incref`, and one `decref` at the end.
    private func create<Proxy: ManagerProxy>(
        _ typeid: String, of maker: String? = nil, _ request: [UInt8], mayWait: Bool = false
    ) async throws(ManagerError) -> Proxy {
        let value: PickleValue
        do throws(ManagerError) {
            value = try await ask(request, mayWait: mayWait).returned(about: maker ?? typeid)
        } catch {
            throw error.inCreating(maker ?? typeid)
        }
        guard case .tuple(let parts) = value.kind, parts.count == 2, let ident = parts[0].string,
            let exposed = parts[1].names
        else { throw .unexpectedReply("a new object that is \(value.repr(limit: 100))") }
        return Proxy(reference(typeid, ident, exposed))
    }

    /// A reference that takes over a count.
    func reference(_ typeid: String, _ ident: String, _ exposed: [String]) -> ObjectReference {
        let token = ManagerToken(typeID: typeid, address: address.tokenAddress, id: ident)
        return ObjectReference(self, token, exposed: exposed, isCounted: true)
    }

    /// Takes an object's name away: it lives on for those who have a proxy, and no longer.
    ///
    /// - Throws: ``ManagerError`` with `remote` (`KeyError`) where there is no such name,
    ///   `unknownType` where the server has no directory.
    public func removeName(_ name: String) async throws(ManagerError) {
        let _: ObjectProxy = try await create("unshared", name)
    }
}

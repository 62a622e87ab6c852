public import Pickle

/// A stand-in for an object in a manager server: a value that may be copied, sent, and stored in
/// other shared objects, from where Python and Swift programs get it back.
///
/// A new proxied type is a few one-line methods over ``call(_:_:returning:)``:
///
/// ```swift
/// struct MathsProxy: ManagerProxy {
///     static let pythonName = "AutoProxy"
///     let reference: ObjectReference
///     init(_ reference: ObjectReference) { self.reference = reference }
///     func add(_ a: Int, _ b: Int) async throws(ManagerError) -> Int {
///         try await call("add", a, b)
///     }
/// }
/// let maths = try await manager.create("Maths", as: MathsProxy.self)
/// ```
///
/// **Errors.** Every call throws ``ManagerError``: `remote` with the exception that the method
/// raised, `objectGone` where the object is no more, `connectionLost` where the reply did not come
/// and nobody can tell whether the call was carried out (`isOutcomeUnknown`), `encoding`,
/// `cancelled`, and what opening a connection throws.
///
/// **Lost connections.** A call that only looks, such as `d[key]`, is made again. What came of
/// any other a server of this house keeps, and tells on the next connection: so it is carried out
/// once. A CPython server, one that was started anew, and some calls (a semaphore's permit, a
/// method of a type of one's own, an owner's lock, ``ManagerProxy/blocking``) leave it unknown.
///
/// **Cancellation.** A call that was not sent yet is cancelled at once. One that cannot wait is
/// answered in no time, so its reply is awaited, lest it be lost; one that waits ends without a
/// trace, unless its result has just come, which then wins. A server that has stopped answering is
/// given five seconds in either case.
///
/// **Deadlines.** A timeout counts from when there is a connection to the server, which may have to
/// be opened first (`ClientLimits.connectTimeout`), and the server keeps it; for a server that does
/// not there is `ClientLimits.callTimeout`.
public protocol ManagerProxy: Codable, Hashable, Sendable, CustomStringConvertible {
    /// The name of the class that Python has for such proxies, in `multiprocessing.managers`:
    /// `DictProxy`; `AutoProxy` for types without a class of their own.
    static var pythonName: String { get }
    /// What all copies of this proxy share.
    var reference: ObjectReference { get }
    /// A proxy for an object.
    init(_ reference: ObjectReference)
}

extension ManagerProxy {
    /// The manager that hosts the object.
    public var manager: Manager { reference.manager }
    /// What identifies the object.
    public var token: ManagerToken { reference.token }
    /// The object's name on the wire.
    @usableFromInline
    var ident: String { reference.ident }

    // MARK: Calling

    /// Calls a method of the object: CPython's `_callmethod`.
    ///
    /// Nobody knows how long a method of one's own type takes, so each call of an `AutoProxy` (or
    /// of an iterator) is made as in ``callWaiting(_:_:keywords:returning:)``. Calls of Python's
    /// types must not be such that wait: in a CPython server others would wait behind them.
    ///
    /// - Parameters:
    ///   - method: its name.
    ///   - argument: what it is called with.
    ///   - keywords: what it is called with by name: `["left": 4, "right": 3]`.
    ///   - type: what it returns: any `Decodable`; a proxy where that is a new shared object, or
    ///     ``PickleValue`` for whatever it may be.
    /// - Throws: ``ManagerError``.
    @inlinable
    public func call<Result: Decodable, each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:],
        returning type: Result.Type = Result.self
    ) async throws(ManagerError) -> Result {
        let request = try Request.call(
            ident, method, repeat each argument, keywords: keywords)
        var message = try await reference.reply(to: request, method, of: Self.pythonName)
        if let plain = PlainReply.take(Result.self, &message) { return plain }
        return try await manager.result(of: message, reference)
    }

    /// Calls a method, and looks at no result.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func call<each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:]
    ) async throws(ManagerError) {
        let request = try Request.call(
            ident, method, repeat each argument, keywords: keywords)
        let message = try await reference.reply(to: request, method, of: Self.pythonName)
        if PlainReply.hasReturned(message) { return }
        try manager.ignoreResult(of: message, reference)
    }

    /// Calls a method that may wait; on a connection of its own, if the server is CPython's.
    ///
    /// Cancelled, it is left to itself in a CPython server, where nobody can stop it: its result is
    /// lost. A ``ManagerServer`` cancels the method's task.
    ///
    /// - Throws: ``ManagerError``.
    public func callWaiting<Result: Decodable, each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:],
        returning type: Result.Type = Result.self
    ) async throws(ManagerError) -> Result {
        let request = try Request.call(
            ident, method, repeat each argument, keywords: keywords)
        let reply = try await manager.callWaiting(request)
        return try await manager.result(of: reply, reference)
    }

    /// The names of the methods that may be called, as the server has them: CPython's
    /// `get_methods`, which gives them in no order.
    ///
    /// - Throws: ``ManagerError``.
    public func methods() async throws(ManagerError) -> [String] {
        var request = Request(verb: "get_methods")
        request.append(value: .token(token))
        let value = try await manager.ask(request.finished()).returned(about: ident)
        guard let names = value.names else {
            throw .unexpectedReply("methods that are \(value.repr(limit: 100))")
        }
        return names
    }

    /// `str()` of the object itself, as the server has it.
    ///
    /// - Throws: ``ManagerError``.
    public func str() async throws(ManagerError) -> String {
        try await call("__str__")
    }

    /// A copy of the object itself, for types whose objects can be copied: CPython's `_getvalue()`.
    ///
    /// - Throws: ``ManagerError``; `remote` for an object that cannot travel, such as a lock.
    public func getValue<Result: Decodable>(
        as type: Result.Type = Result.self
    ) async throws(ManagerError) -> Result {
        try await call("#GETVALUE")
    }
}

// MARK: - As a value

extension ManagerProxy {
    /// Whether both stand for the same object.
    public static func == (first: Self, second: Self) -> Bool {
        first.reference == second.reference
    }

    /// Hashes the object's ident.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(reference)
    }

    /// As Python writes a proxy: `<DictProxy object, typeid 'dict' at 0x7f…>`.
    public var description: String {
        let name = Self.pythonName == "AutoProxy" ? "AutoProxy[\(token.typeID)]" : Self.pythonName
        return "<\(name) object, typeid '\(token.typeID)' at 0x\(ident)>"
    }

    /// Encodes what Python's proxies are pickled as, from which a Python or a Swift program makes a
    /// proxy again: in a shared object, in the target of a child, through a connection or a queue.
    /// Whoever is to do that must get it before this proxy, and all others for the object, have
    /// ended.
    public func encode(to encoder: any Encoder) throws {
        let isAuto = Self.pythonName == "AutoProxy"
        let proxy = ProxyReference(
            name: Self.pythonName, token: token, exposed: isAuto ? reference.exposed : nil)
        var container = encoder.singleValueContainer()
        try container.encode(PickleValue.proxy(proxy))
    }

    /// Makes a proxy of what came out of a shared object, in a result or in
    /// ``Manager/decode(_:fromPickle:)``, or from another process.
    ///
    /// One that came from another process belongs to this process's manager at the object's
    /// address; where there is none, it connects when it is first used, with the key of this
    /// process (`ChildProcess.current.authkey`), which a child has from its parent.
    ///
    /// - Throws: `DecodingError` where it is no such proxy; ``ManagerError`` with `invalidAddress`,
    ///   `system`.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer().decode(PickleValue.self)
        guard let proxy = value.proxyReference,
            Self.self == ObjectProxy.self || proxy.name == Self.pythonName
        else {
            throw DecodingError.typeMismatch(
                Self.self,
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "found \(value.repr(limit: 100)), no \(Self.pythonName)"))
        }
        let arrivals = decoder.userInfo[ProxyArrivals.key] as? ProxyArrivals
        self.init(try arrivals?.add(proxy) ?? ManagersOfProcess.shared.reference(to: proxy))
    }
}

internal import HostedObjects
internal import Pickle

/// The types of your own that a server offers, beside Python's.
///
/// ```swift
/// final class Maths: Sendable {
///     func add(_ left: Int, _ right: Int) -> Int { left + right }
/// }
///
/// var registry = Registry()
/// registry.register("Maths", Maths.init) {
///     $0.expose("add", Maths.add, arguments: ["left", "right"])
/// }
/// let server = try ManagerServer(at: [address], authkey: key, registry: registry)
/// ```
///
/// A Swift client calls it by `try await manager.create("Maths").call("add", 4, 3) as Int`; a stock
/// Python one as any type that it has registered: `BaseManager.register("Maths")`, then
/// `manager.Maths().add(4, right=3)`.
///
/// Arguments and results are `Codable`, and travel as ``PickleEncoder`` and ``PickleDecoder`` say.
/// An `Optional` argument at the end may be left out, and so may one with a default
/// (``Parameter``). A result may also become a shared object of its own, of which the caller gets a
/// proxy (`as:`, `iterating:`).
///
/// Methods run as tasks, several of one object at once if several clients call it, so objects are
/// `Sendable`; a slow one keeps nobody else waiting, and is cancelled when its caller is gone. What
/// a method throws arrives in Python as a `RuntimeError` with the error's description (and its type
/// as `swift_type`), or as the exception that it is if it is a ``RaisedException``; in Swift as
/// ``ManagerError`` with `remote` (and its type as ``RemoteException/swiftType``).
///
/// `str(proxy)` is the description of a `CustomStringConvertible` object, and `_getvalue()` a copy
/// of an `Encodable` one.
public struct Registry: Sendable {
    /// What is known of one type.
    struct Entry: Sendable {
        let typeName: String
        let type: Any.Type
        let exposed: [String]
        /// Which of these change nothing.
        let reading: Set<String>
        /// What it answers without exposing it.
        let fallbacks: Set<String>
        let methods: [String: RegisteredMethod]
        let make: @Sendable (CallArguments) async throws -> any Sendable
    }

    /// A type of barriers with an action.
    struct Barrier: Sendable {
        let parties: Int
        let timeout: Duration?
        let action: @Sendable @concurrent () async throws -> Void
    }

    private(set) var entries: [String: Entry] = [:]
    private(set) var barriers: [String: Barrier] = [:]

    /// A registry without types.
    public init() {}

    /// Offers a type.
    ///
    /// - Parameters:
    ///   - typeid: the name by which clients make objects. That of one of Python's types is an
    ///     error when the server is made.
    ///   - make: makes an object of what a client gives. To share one object between all, give it
    ///     back each time, or name it in the server's `shared:`.
    ///   - parameters: the names of what `make` takes.
    ///   - expose: says which methods clients may call.
    public mutating func register<Object: Sendable, each Argument: Decodable & Sendable>(
        _ typeid: String,
        _ make: @escaping @Sendable @concurrent (repeat each Argument) async throws -> Object,
        arguments parameters: [Parameter]? = nil,
        _ expose: (inout ExposedMethods<Object>) -> Void
    ) {
        var exposed = ExposedMethods<Object>()
        expose(&exposed)
        let list = ParameterList(
            "\(Object.self).__init__", parameters, of: repeat (each Argument).self)
        entries[typeid] = Entry(typeName: "\(Object.self)", exposed) { arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: list)
            return try await make(repeat each values)
        }
    }

    /// Offers barriers with an action: Python's `Barrier(parties, action, timeout)`, which a client
    /// cannot make with one, for the server runs no code of its clients'.
    ///
    /// Each time all parties wait, the action is carried out once, before any of them goes on.
    /// Where it throws, the barrier is broken, and the party that came last gets the error.
    ///
    /// ```swift
    /// registry.registerBarrier("Start", parties: 3) { print("all are there") }
    /// ```
    ///
    /// Swift: `manager.create("Start", as: BarrierProxy.self)`; Python: `M.register("Start",
    /// proxytype=BarrierProxy)`. For strangers to meet at one, name it in the server's `shared:`.
    ///
    /// - Parameters:
    ///   - typeid: the name by which clients make barriers.
    ///   - parties: how many wait for one another, at least one.
    ///   - timeout: how long parties wait that do not say it; nil for as long as it takes.
    ///   - action: what is done when all are there.
    public mutating func registerBarrier(
        _ typeid: String, parties: Int, timeout: Duration? = nil,
        _ action: @escaping @Sendable @concurrent () async throws -> Void
    ) {
        precondition(parties > 0, "a barrier has one party at least")
        barriers[typeid] = Barrier(parties: parties, timeout: timeout, action: action)
    }
}

extension Registry.Entry {
    init<Object: Sendable>(
        typeName: String, _ exposed: ExposedMethods<Object>,
        make: @escaping @Sendable (CallArguments) async throws -> any Sendable
    ) {
        self.typeName = typeName
        type = Object.self
        self.exposed = exposed.names
        reading = Set(exposed.methods.filter { $0.value.effect == .reads }.keys)
        let fallbacks = exposed.fallbacks
        self.fallbacks = Set(fallbacks.keys)
        methods = exposed.methods.merging(fallbacks) { own, _ in own }
        self.make = make
    }
}

extension ExposedMethods {
    /// What CPython's server does for every object, as far as this type can.
    fileprivate var fallbacks: [String: RegisteredMethod] {
        var fallbacks: [String: RegisteredMethod] = [:]
        if Object.self is any CustomStringConvertible.Type {
            let describe = RegisteredMethod(effect: .reads, hosting: nil) { object, _ in
                .value(PickledValue.str(String(describing: object)).body)
            }
            fallbacks["__str__"] = describe
            fallbacks["__repr__"] = describe
        }
        if Object.self is any Encodable.Type {
            fallbacks["#GETVALUE"] = RegisteredMethod(effect: .reads, hosting: nil) { object, _ in
                guard let object = object as? any Encodable else {
                    preconditionFailure("an object is of the type that was registered")
                }
                return .value(try PickleEncoder().body(object))
            }
        }
        return fallbacks
    }
}

// MARK: - Offering

extension Registry {
    /// Whether it has nothing to offer.
    var isEmpty: Bool { entries.isEmpty && barriers.isEmpty }

    /// What is known of a typeid.
    func entry(_ typeid: String) -> Entry? {
        typeid == SequenceWalk.typeid ? SequenceWalk.entry : entries[typeid]
    }

    /// Lets the store's clients make objects of these types.
    func offer(to store: inout ObjectStore) throws(ManagerError) {
        do throws(Failure) {
            // CPython's name for what `iterating:` makes.
            guard entries[SequenceWalk.typeid] == nil, barriers[SequenceWalk.typeid] == nil else {
                throw .value("the typeid '\(SequenceWalk.typeid)' is taken")
            }
            for typeid in entries.keys.sorted() { try store.offer(typeid) }
            for (typeid, barrier) in barriers.sorted(by: { $0.key < $1.key }) {
                try store.offerBarrier(
                    typeid, parties: barrier.parties, seconds: barrier.timeout?.inSeconds,
                    action: barrier.action)
            }
        } catch {
            throw ManagerError(.unknownType, "cannot register: \(error.text)")
        }
        for (typeid, entry) in entries {
            for (name, method) in entry.methods {
                if let hosting = method.hosting { try check(hosting, typeid, name, store) }
            }
        }
    }

    /// Whether a method's result can be shared as it says.
    private func check(
        _ hosting: Hosting, _ typeid: String, _ name: String, _ store: ObjectStore
    ) throws(ManagerError) {
        let subject = "\(typeid).\(name) as \(hosting.typeid)"
        if let entry = entry(hosting.typeid) {
            guard entry.type == hosting.type else {
                throw ManagerError(
                    .unknownType, "\(subject): \(hosting.type) is not \(entry.type)")
            }
        } else if !store.offers(hosting.typeid) {
            throw ManagerError(.unknownType, "\(subject): there is no such typeid")
        } else if !(hosting.type is any Encodable.Type) {
            throw ManagerError(.unknownType, "\(subject): \(hosting.type) is not Encodable")
        }
    }
}

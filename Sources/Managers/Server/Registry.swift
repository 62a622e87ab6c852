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
///     $0.expose("add", Maths.add)
/// }
/// let server = try ManagerServer(at: [address], authkey: key, registry: registry)
/// ```
///
/// A Swift client calls it by `try await manager.create("Maths").call("add", 4, 3) as Int`, or by
/// `callWaiting` where the method takes its time; a stock Python one as any type that it has
/// registered: `BaseManager.register("Maths")`, then `manager.Maths().add(4, 3)`.
///
/// Arguments and results are `Codable`, and travel as ``PickleEncoder`` and ``PickleDecoder`` say.
/// An `Optional` argument at the end may be left out. Methods run as tasks, several of one object
/// at once if several clients call it, so objects are `Sendable`; a slow one keeps nobody else
/// waiting. What a method throws arrives in Python as a `RuntimeError` with the error's
/// description, or as the exception that it is if it is a ``RaisedException``; in Swift as
/// ``ManagerError`` with `remote`.
public struct Registry: Sendable {
    /// What is known of one type.
    struct Entry: Sendable {
        let typeName: String
        let exposed: [String]
        let make: @Sendable (CallArguments) async throws -> any Sendable
        let methods: [String: @Sendable (any Sendable, CallArguments) async throws -> [UInt8]]
    }

    private(set) var entries: [String: Entry] = [:]

    /// A registry without types.
    public init() {}

    /// Offers a type.
    ///
    /// - Parameters:
    ///   - typeid: the name by which clients make objects. That of one of Python's types is an
    ///     error when the server is made.
    ///   - make: makes an object of what a client gives. To share one object between all, give it
    ///     back each time.
    ///   - expose: says which methods clients may call.
    public mutating func register<Object: Sendable, each Argument: Decodable & Sendable>(
        _ typeid: String,
        _ make: @escaping @Sendable @concurrent (repeat each Argument) async throws -> Object,
        _ expose: (inout ExposedMethods<Object>) -> Void
    ) {
        var exposed = ExposedMethods<Object>()
        expose(&exposed)
        entries[typeid] = Entry(
            typeName: "\(Object.self)", exposed: exposed.names,
            make: { arguments in
                let values: (repeat each Argument) = try arguments.decoded(for: typeid)
                return try await make(repeat each values)
            },
            methods: exposed.methods)
    }
}

/// The methods of a registered type that clients may call.
public struct ExposedMethods<Object: Sendable>: Sendable {
    private(set) var names: [String] = []
    private(set) var methods:
        [String: @Sendable (any Sendable, CallArguments) async throws -> [UInt8]] = [:]

    /// Lets clients call a method, as in `$0.expose("add", Maths.add)`.
    ///
    /// - Parameters:
    ///   - name: the name by which clients call it.
    ///   - method: a method's name behind its type's.
    public mutating func expose<each Argument: Decodable & Sendable, Result: Encodable & Sendable>(
        _ name: String,
        _ method:
            @escaping @Sendable (Object) ->
            @concurrent (repeat each Argument) async throws
            -> Result
    ) {
        add(name) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: name)
            return try PickleEncoder().body(try await method(object)(repeat each values))
        }
    }

    /// Lets clients call a method without a result: they get None.
    public mutating func expose<each Argument: Decodable & Sendable>(
        _ name: String,
        _ method:
            @escaping @Sendable (Object) ->
            @concurrent (repeat each Argument) async throws
            -> Void
    ) {
        add(name) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: name)
            try await method(object)(repeat each values)
            return PickledValue.none.body
        }
    }

    /// Lets clients call a closure, which is given the object first: for actors, and for what is no
    /// method: `$0.expose("increment") { (counter: Counter, by: Int) in await counter.add(by) }`.
    public mutating func expose<each Argument: Decodable & Sendable, Result: Encodable & Sendable>(
        _ name: String,
        calling body:
            @escaping @Sendable @concurrent (Object, repeat each Argument) async throws
            -> Result
    ) {
        add(name) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: name)
            return try PickleEncoder().body(try await body(object, repeat each values))
        }
    }

    /// Lets clients call a closure without a result: they get None.
    public mutating func expose<each Argument: Decodable & Sendable>(
        _ name: String,
        calling body:
            @escaping @Sendable @concurrent (Object, repeat each Argument) async throws
            -> Void
    ) {
        add(name) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: name)
            try await body(object, repeat each values)
            return PickledValue.none.body
        }
    }

    private mutating func add(
        _ name: String, _ body: @escaping @Sendable (Object, CallArguments) async throws -> [UInt8]
    ) {
        if methods[name] == nil { names.append(name) }
        methods[name] = { object, arguments in
            guard let object = object as? Object else {
                preconditionFailure("an object is of the type that was registered")
            }
            return try await body(object, arguments)
        }
    }
}

internal import HostedObjects
internal import Pickle

/// The methods of a registered type that clients may call.
///
/// What follows `arguments:` are the names by which clients may give the arguments, all of them and
/// in order: `$0.expose("add", Maths.add, arguments: ["left", "right"])`. Without them arguments
/// have no names. What only reads says so: `$0.expose("total", Account.total, .reads)`; all others
/// may be called only by who has the right to write (``KeyRing/Rights``).
public struct ExposedMethods<Object: Sendable>: Sendable {
    private(set) var names: [String] = []
    private(set) var methods: [String: RegisteredMethod] = [:]
    private let typeName = "\(Object.self)"

    init() {}

    /// Lets clients call a method, as in `$0.expose("add", Maths.add)`.
    ///
    /// - Parameters:
    ///   - name: the name by which clients call it.
    ///   - method: a method's name behind its type's.
    ///   - effect: whether it changes anything, so that who may only read may not call it.
    ///   - parameters: the names of its arguments.
    public mutating func expose<each Argument: Decodable & Sendable, Result: Encodable & Sendable>(
        _ name: String,
        _ method:
            @escaping @Sendable (Object) ->
            @concurrent (repeat each Argument) async throws
            -> Result,
        _ effect: MethodEffect = .changes, arguments parameters: [Parameter]? = nil
    ) {
        let list = list(name, parameters, repeat (each Argument).self)
        add(name, effect) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: list)
            return .value(try PickleEncoder().body(try await method(object)(repeat each values)))
        }
    }

    /// Lets clients call a method without a result: they get None.
    public mutating func expose<each Argument: Decodable & Sendable>(
        _ name: String,
        _ method:
            @escaping @Sendable (Object) ->
            @concurrent (repeat each Argument) async throws
            -> Void,
        _ effect: MethodEffect = .changes, arguments parameters: [Parameter]? = nil
    ) {
        let list = list(name, parameters, repeat (each Argument).self)
        add(name, effect) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: list)
            try await method(object)(repeat each values)
            return .value(PickledValue.none.body)
        }
    }

    /// Lets clients call a closure, which is given the object first: for actors, and for what is no
    /// method: `$0.expose("increment") { (counter: Counter, by: Int) in await counter.add(by) }`.
    public mutating func expose<each Argument: Decodable & Sendable, Result: Encodable & Sendable>(
        _ name: String, _ effect: MethodEffect = .changes,
        arguments parameters: [Parameter]? = nil,
        calling body:
            @escaping @Sendable @concurrent (Object, repeat each Argument) async throws
            -> Result
    ) {
        let list = list(name, parameters, repeat (each Argument).self)
        add(name, effect) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: list)
            return .value(try PickleEncoder().body(try await body(object, repeat each values)))
        }
    }

    /// Lets clients call a closure without a result: they get None.
    public mutating func expose<each Argument: Decodable & Sendable>(
        _ name: String, _ effect: MethodEffect = .changes,
        arguments parameters: [Parameter]? = nil,
        calling body:
            @escaping @Sendable @concurrent (Object, repeat each Argument) async throws
            -> Void
    ) {
        let list = list(name, parameters, repeat (each Argument).self)
        add(name, effect) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: list)
            try await body(object, repeat each values)
            return .value(PickledValue.none.body)
        }
    }

    // MARK: Results that are shared objects

    /// Lets clients call a method whose result becomes a shared object, of which they get a proxy:
    /// CPython's `method_to_typeid`.
    ///
    /// - Parameter typeid: the typeid of a registered type, whose objects the method returns, or of
    ///   one of Python's types, which is made of what the method returns: `as: "list"`.
    public mutating func expose<each Argument: Decodable & Sendable, Result: Sendable>(
        _ name: String,
        _ method:
            @escaping @Sendable (Object) ->
            @concurrent (repeat each Argument) async throws
            -> Result,
        _ effect: MethodEffect = .changes, as typeid: String,
        arguments parameters: [Parameter]? = nil
    ) {
        let list = list(name, parameters, repeat (each Argument).self)
        add(name, effect, hosting: .init(typeid: typeid, type: Result.self)) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: list)
            return .object(try await method(object)(repeat each values), typeid: typeid)
        }
    }

    /// Lets clients call a closure whose result becomes a shared object, of which they get a proxy.
    public mutating func expose<each Argument: Decodable & Sendable, Result: Sendable>(
        _ name: String, _ effect: MethodEffect = .changes, as typeid: String,
        arguments parameters: [Parameter]? = nil,
        calling body:
            @escaping @Sendable @concurrent (Object, repeat each Argument) async throws
            -> Result
    ) {
        let list = list(name, parameters, repeat (each Argument).self)
        add(name, effect, hosting: .init(typeid: typeid, type: Result.self)) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: list)
            return .object(try await body(object, repeat each values), typeid: typeid)
        }
    }

    /// Lets clients call a method through whose result they iterate: they get a proxy of an
    /// iterator (typeid `Iterator`), and each step is a call. The sequence may be lazy and without
    /// end, as a generator in Python; a step runs on a thread of Swift's pool and must not block.
    public mutating func expose<each Argument: Decodable & Sendable, Result: Sequence & Sendable>(
        _ name: String,
        iterating method:
            @escaping @Sendable (Object) ->
            @concurrent (repeat each Argument) async throws
            -> Result,
        _ effect: MethodEffect = .changes, arguments parameters: [Parameter]? = nil
    ) where Result.Element: Encodable {
        let list = list(name, parameters, repeat (each Argument).self)
        add(name, effect, hosting: SequenceWalk.hosting) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: list)
            let result = try await method(object)(repeat each values)
            return .object(SequenceWalk(result), typeid: SequenceWalk.typeid)
        }
    }

    /// Lets clients call a closure through whose result they iterate.
    public mutating func expose<each Argument: Decodable & Sendable, Result: Sequence & Sendable>(
        _ name: String, _ effect: MethodEffect = .changes,
        arguments parameters: [Parameter]? = nil,
        iterating body:
            @escaping @Sendable @concurrent (Object, repeat each Argument) async throws
            -> Result
    ) where Result.Element: Encodable {
        let list = list(name, parameters, repeat (each Argument).self)
        add(name, effect, hosting: SequenceWalk.hosting) { object, arguments in
            let values: (repeat each Argument) = try arguments.decoded(for: list)
            let result = try await body(object, repeat each values)
            return .object(SequenceWalk(result), typeid: SequenceWalk.typeid)
        }
    }

    // MARK: Adding

    private func list<each Argument>(
        _ name: String, _ parameters: [Parameter]?, _ type: repeat (each Argument).Type
    ) -> ParameterList {
        ParameterList("\(typeName).\(name)", parameters, of: repeat each type)
    }

    /// Lets clients call what is given the arguments as they came.
    mutating func add(
        _ name: String, _ effect: MethodEffect = .changes, hosting: Hosting? = nil,
        _ body: @escaping @Sendable (Object, CallArguments) async throws -> MethodResult
    ) {
        if methods[name] == nil { names.append(name) }
        methods[name] = RegisteredMethod(effect: effect, hosting: hosting) { object, arguments in
            guard let object = object as? Object else {
                preconditionFailure("an object is of the type that was registered")
            }
            return try await body(object, arguments)
        }
    }
}

/// A method of a registered type, as it is called.
struct RegisteredMethod: Sendable {
    let effect: MethodEffect
    /// What its result becomes, if that is shared.
    let hosting: Hosting?
    let call: @Sendable (any Sendable, CallArguments) async throws -> MethodResult
}

/// What a method came to.
enum MethodResult: Sendable {
    /// A value, as a body.
    case value([UInt8])
    /// An object of a typeid, or what one is made of.
    case object(any Sendable, typeid: String)
}

/// As what a method's result is shared.
struct Hosting: Sendable {
    let typeid: String
    /// The result's type.
    let type: Any.Type
}

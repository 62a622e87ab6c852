/// A Python exception, as data: its class, and what it was raised with.
public struct PickleException: Sendable, Equatable {
    /// The class's module, as in `builtins` or `_queue`.
    public let module: String
    /// The class's qualified name, as in `KeyError`.
    public let name: String
    /// What the exception was raised with.
    public let arguments: [PickleValue]

    /// Makes an exception of a class and arguments.
    public init(module: String = "builtins", name: String, arguments: [PickleValue] = []) {
        self.module = module
        self.name = name
        self.arguments = arguments
    }

    /// Whether the class is one of those that Python's own modules define for exceptions, or is
    /// named like one.
    ///
    /// A pickle does not say which classes are exceptions, so this goes by the name.
    var isCertain: Bool {
        switch (module, name) {
        case ("_queue", "Empty"), ("queue", "Empty"), ("queue", "Full"), ("queue", "ShutDown"),
            ("builtins", "KeyboardInterrupt"), ("builtins", "SystemExit"),
            ("builtins", "GeneratorExit"), ("builtins", "StopIteration"),
            ("builtins", "StopAsyncIteration"), ("multiprocessing.context", "BufferTooShort"):
            true
        default:
            name.hasSuffix("Error") || name.hasSuffix("Exception") || name.hasSuffix("Warning")
                || (name.hasSuffix("ExceptionGroup") && module == "builtins")
        }
    }
}

extension PickleValue {
    /// An exception of a class, raised with arguments; pickled as CPython does, `cls(*arguments)`
    /// by REDUCE.
    public static func exception(
        module: String = "builtins", _ name: String, _ arguments: [PickleValue] = []
    ) -> PickleValue {
        .reduce(.global(module: module, name: name), arguments)
    }

    /// An exception.
    public static func exception(_ exception: PickleException) -> PickleValue {
        .exception(module: exception.module, exception.name, exception.arguments)
    }

    /// The value seen as an exception: an instance that is made by calling a class; nil for
    /// anything else.
    ///
    /// A pickle does not say whether a class is one of exceptions, so ask only where one is
    /// expected.
    public var exception: PickleException? {
        guard case .object(let index) = node else { return nil }
        let object = PickleObject(arena.objects[index], of: self)
        guard object.construction == .reduce,
            case .global(let module, let name) = object.callable.kind
        else { return nil }
        return PickleException(module: module, name: name, arguments: object.arguments)
    }
}

public import Pickle

/// What a method of a registered type throws to raise an exception of a class that Python knows.
///
/// ```swift
/// throw RaisedException("KeyError", "no such account")
/// ```
public struct RaisedException: Error, Sendable, Equatable {
    /// The exception: its class, and what it is raised with.
    public let exception: PickleException

    /// Raises an exception of a class of Python's `builtins`, with one text.
    public init(_ name: String, _ text: String) {
        self.init(PickleException(name: name, arguments: [.str(PickleString(text))]))
    }

    /// Raises any exception. Stock clients need its class to be there.
    public init(_ exception: PickleException) {
        self.exception = exception
    }

    static func type(_ text: String) -> RaisedException { RaisedException("TypeError", text) }
}

package import Connections
package import Pickle

/// What a child process does, as a value: the parent makes it, and it travels to the child, which
/// is the same program and finds the type by its name.
///
/// The type is declared outside of functions, and is not private. A `Codable` one needs nothing but
/// `main`.
package protocol ProcessMain: Sendable {
    /// Reads the value of which the parent has made the child.
    init(launch: PickleValue, _ luggage: Luggage) throws

    /// Itself, as it travels; its descriptors are the luggage.
    func launch(_ luggage: Luggage) throws -> PickleValue

    /// Runs on the child's first thread, in the place of `main`.  When it returns the child ends.
    ///
    /// - Throws: whatever went wrong: it is printed, and the child ends with status 1.
    func main(_ parent: ParentLink) throws
}

extension ProcessMain where Self: Codable {
    package init(launch: PickleValue, _ luggage: Luggage) throws {
        var decoder = PickleDecoder()
        decoder.userInfo[Luggage.key] = luggage
        self = try decoder.decode(Self.self, from: launch)
    }

    package func launch(_ luggage: Luggage) throws -> PickleValue {
        var encoder = PickleEncoder()
        encoder.userInfo[Luggage.key] = luggage
        return try PickleValue(pickle: encoder.encode(self))
    }
}

internal import Connections
internal import Pickle

/// What a fork server does once before it forks, so that its children need not: it reads a file
/// into a global, or makes a cache warm.
///
/// The type is found by its name, as that of a ``ProcessTarget``.
public protocol ForkServerPreparation: Codable, Sendable {
    /// Does it, on a thread that ends with it.  It must not start threads that do not, nor tasks:
    /// then the server is refused.  Descriptors that it opens are not the children's.
    ///
    /// - Throws: whatever went wrong: the server prints it, and starts of children fail.
    func prepare() throws
}

/// A preparation, as it travels.
struct PreparationMain<Preparation: ForkServerPreparation>: ProcessMain {
    let preparation: Preparation

    func main(_ parent: ParentLink) throws { try preparation.prepare() }
}

extension PreparationMain {
    init(launch: PickleValue, _ luggage: Luggage) throws {
        var decoder = PickleDecoder()
        decoder.userInfo[Luggage.key] = luggage
        preparation = try decoder.decode(Preparation.self, from: launch)
    }

    func launch(_ luggage: Luggage) throws -> PickleValue {
        var encoder = PickleEncoder()
        encoder.userInfo[Luggage.key] = luggage
        return try PickleValue(pickle: encoder.encode(preparation))
    }
}

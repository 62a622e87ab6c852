internal import Pickle

extension PickleValue {
    /// What a value is in Python.
    ///
    /// - Throws: what its `encode(to:)` throws.
    init(encoding value: some Encodable) throws {
        try self.init(pickle: try PickleEncoder().encode(value))
    }
}

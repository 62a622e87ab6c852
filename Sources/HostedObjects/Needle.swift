import Pickle

/// A value that is looked for among others by Python's equality.
///
/// None, ints that fit, str and bytes are compared as they stand; anything else is decoded.
struct Needle {
    let value: PickledValue
    private let scalar: Scalar
    private let decoded: PickleValue
    /// What all comparisons with it may cost together.
    private var fuel = ComparisonFuel()

    init(_ value: PickledValue) throws(Failure) {
        self.value = value
        scalar = Scalar(value)
        decoded = try value.decodedOrFailure()
    }

    /// Whether `self == other` in Python.
    ///
    /// - Throws: ValueError when all comparisons together have taken more than
    ///   ``PickleLimits/comparisons``.
    mutating func matches(_ other: PickledValue) throws(Failure) -> Bool {
        switch (scalar, Scalar(other)) {
        case (.none, .none): return true
        case (.int(let left), .int(let right)): return left == right
        case (.str(let left), .str(let right)), (.bytes(let left), .bytes(let right)):
            return value.body[left] == other.body[right]
        case (.other, _), (_, .other):
            do {
                return try other.decoded().isEqual(to: decoded, &fuel)
            } catch {
                throw Failure(error)
            }
        default: return false
        }
    }
}

import Pickle

/// A value that is looked for among others by Python's equality.
///
/// None, ints that fit, str and bytes are compared as they stand; anything else is decoded.
struct Needle {
    let value: PickledValue
    private let scalar: Scalar
    private let decoded: PickleValue

    init(_ value: PickledValue) throws(Failure) {
        self.value = value
        scalar = Scalar(value)
        decoded = try value.decodedOrFailure()
    }

    /// Whether `self == other` in Python.
    func matches(_ other: PickledValue) throws(Failure) -> Bool {
        switch (scalar, Scalar(other)) {
        case (.none, .none): true
        case (.int(let left), .int(let right)): left == right
        case (.str(let left), .str(let right)), (.bytes(let left), .bytes(let right)):
            value.body[left] == other.body[right]
        case (.other, _), (_, .other): try other.decodedOrFailure() == decoded
        default: false
        }
    }
}

import Pickle

/// A value that is looked for among others by Python's equality.
///
/// Most of the others are told from it by their fingerprints; the rest is decoded.
struct Needle {
    let value: PickledValue
    private let print: Fingerprint?
    private let decoded: PickleValue
    /// What all comparisons with it may cost together.
    private var fuel = ComparisonFuel()

    init(_ value: PickledValue) throws(Failure) {
        self.value = value
        print = Fingerprint(value)
        decoded = try value.decodedOrFailure()
    }

    /// Whether `self == other` in Python.
    ///
    /// - Throws: ValueError when all comparisons together have taken more than
    ///   ``PickleLimits/comparisons``.
    mutating func matches(_ other: PickledValue) throws(Failure) -> Bool {
        if let print, let otherPrint = Fingerprint(other),
            let areEqual = Fingerprint.areEqual((value, print), (other, otherPrint))
        {
            return areEqual
        }
        do {
            return try other.decoded().isEqual(to: decoded, &fuel)
        } catch {
            throw Failure(error)
        }
    }
}

import Pickle

/// A number of Python's that is counted with: an int, or a float, which CPython takes as well.
enum Number: Sendable, Hashable {
    case int(Int)
    case float(Double)

    /// - Parameter comparison: the operator with which Python first looks at the number.
    /// - Throws: TypeError for what is no number, OverflowError for an int beyond 64 bits.
    init(
        _ slice: PickleSlice, of arguments: Arguments, comparedBy comparison: String
    ) throws(Failure) {
        switch arguments.int(ofAnySize: slice) {
        case .fits(let int):
            self = .int(int)
            return
        case .below, .above: throw Self.tooLarge
        case nil: break
        }
        guard slice.kind == .float || slice.kind == .other,
            let value = try? arguments.seconds(slice)
        else {
            let type = try arguments.decoded(slice).nameOfType
            throw .type("'\(comparison)' not supported between instances of '\(type)' and 'int'")
        }
        self = .float(value)
    }

    private static let tooLarge = Failure.overflow("Python int too large to convert to C ssize_t")

    /// Whether it is greater than an int.
    func isAbove(_ other: Int) -> Bool {
        switch self {
        case .int(let value): value > other
        case .float(let value): value > Double(other)
        }
    }

    /// The int that it is, or the one above it; the greatest where it is beyond all.
    var roundedUp: Int {
        switch self {
        case .int(let value): value
        case .float(let value): Int(exactly: value.rounded(.up)) ?? .max
        }
    }

    /// Whether it is less than an int.
    func isBelow(_ other: Int) -> Bool {
        switch self {
        case .int(let value): value < other
        case .float(let value): value < Double(other)
        }
    }

    /// Whether it equals an int.
    func equals(_ other: Int) -> Bool {
        switch self {
        case .int(let value): value == other
        case .float(let value): value == Double(other)
        }
    }

    /// - Throws: OverflowError where the sum is beyond 64 bits.
    func adding(_ other: Number) throws(Failure) -> Number {
        switch (self, other) {
        case (.int(let first), .int(let second)):
            let (sum, overflow) = first.addingReportingOverflow(second)
            guard !overflow else { throw Self.tooLarge }
            return .int(sum)
        case (.int(let first), .float(let second)): return .float(Double(first) + second)
        case (.float(let first), .int(let second)): return .float(first + Double(second))
        case (.float(let first), .float(let second)): return .float(first + second)
        }
    }

    /// Whether it is greater than another one.
    func isAbove(_ other: Number) -> Bool {
        switch (self, other) {
        case (.int(let first), .int(let second)): first > second
        case (.int(let first), .float(let second)): Double(first) > second
        case (.float(let first), .int(let second)): first > Double(second)
        case (.float(let first), .float(let second)): first > second
        }
    }

    /// `repr(number)`
    var text: String { value.repr() }

    /// The number, to be returned.
    var value: PickleValue {
        switch self {
        case .int(let value): .int(value)
        case .float(let value): .float(value)
        }
    }
}

import Pickle

/// How long a call may wait.
enum Timeout {
    /// Not at all.
    case zero
    /// That many seconds, more than zero.
    case seconds(Double)
    /// Until it is granted.
    case never

    /// What a waiter is parked with.
    var seconds: Double? {
        guard case .seconds(let seconds) = self else { return nil }
        return seconds
    }

    var isZero: Bool {
        guard case .zero = self else { return false }
        return true
    }

    /// The longest wait of a lock, in seconds: `threading.TIMEOUT_MAX`.
    static let most = 9_223_372_036.0
    /// Beyond this many seconds, either way, a time is no number of nanoseconds of 64 bits.
    private static let range = 9_223_372_036.854775

    /// `acquire(blocking=True, timeout=-1)`, the arguments at these places.
    static func ofLock(
        _ arguments: Arguments, _ blocking: PickleSlice?, _ timeout: PickleSlice?
    ) throws(Failure) -> Timeout {
        let waits = try blocking.map(arguments.isTrue) ?? true
        guard let slice = timeout else { return waits ? .never : .zero }
        guard let seconds = try arguments.seconds(slice) else {
            throw .type("'NoneType' object cannot be interpreted as an integer")
        }
        guard !seconds.isNaN else { throw .value("Invalid value NaN (not a number)") }
        guard abs(seconds) <= range else { throw tooLong(slice) }
        if !waits {
            guard seconds == -1 else {
                throw .value("can't specify a timeout for a non-blocking call")
            }
            return .zero
        }
        if seconds == -1 { return .never }
        guard seconds >= 0 else { throw .value("timeout value must be a non-negative number") }
        guard seconds <= most else { throw .overflow("timeout value is too large") }
        return seconds == 0 ? .zero : .seconds(seconds)
    }

    /// `acquire_token(blocking=True, timeout=None)`, the arguments at these places; a timeout of -1
    /// is none.
    static func ofGrant(
        _ arguments: Arguments, _ blocking: PickleSlice?, _ timeout: PickleSlice?
    ) throws(Failure) -> Timeout {
        let isGiven = timeout.map { $0.kind != .none } ?? false
        return try ofLock(arguments, blocking, isGiven ? timeout : nil)
    }

    /// `get(block=True, timeout=None)`, the arguments at these places.
    ///
    /// - Parameter isReady: whether the call need not wait; then CPython does not notice a timeout
    ///   that is too long.
    static func ofQueue(
        _ arguments: Arguments, _ block: PickleSlice?, _ timeout: PickleSlice?, isReady: Bool
    ) throws(Failure) -> Timeout {
        guard try block.map(arguments.isTrue) ?? true else { return .zero }
        guard let slice = timeout, let seconds = try number(arguments, slice, "<") else {
            return .never
        }
        guard !(seconds < 0) else { throw .value("'timeout' must be a non-negative number") }
        if isReady { return .zero }
        // It waits for a float, even if it was given an int.
        guard !(seconds > most) else {
            throw .overflow("timestamp out of range for platform time_t")
        }
        return seconds > 0 ? .seconds(seconds) : .zero
    }

    /// `wait(timeout=None)`: what is not above zero does not wait.
    static func ofWait(_ arguments: Arguments, _ timeout: PickleSlice?) throws(Failure) -> Timeout {
        guard let slice = timeout, let seconds = try number(arguments, slice, ">") else {
            return .never
        }
        // What is no number at all is not above zero either.
        guard !(seconds > most) else { throw tooLong(slice) }
        return seconds > 0 ? .seconds(seconds) : .zero
    }

    /// The same where Python adds the timeout to the time before it waits.
    static func ofEnd(_ arguments: Arguments, _ timeout: PickleSlice?) throws(Failure) -> Timeout {
        guard let slice = timeout else { return .never }
        switch slice.kind {
        case .none, .bool, .int, .float: return try ofWait(arguments, slice)
        default:
            let value = try arguments.decoded(slice)
            let type = value.nameOfType
            guard type != "complex", value.seconds == nil else {
                return try ofWait(arguments, slice)
            }
            throw .type("unsupported operand type(s) for +: 'float' and '\(type)'")
        }
    }

    private static func tooLong(_ slice: PickleSlice) -> Failure {
        .overflow(
            slice.kind == .float
                ? "timestamp out of range for platform time_t"
                : "timestamp too large to convert to C PyTime_t")
    }

    /// A number compared with 0 before it is waited for, so other types fail in the comparison.
    private static func number(
        _ arguments: Arguments, _ slice: PickleSlice, _ comparison: String
    ) throws(Failure) -> Double? {
        switch slice.kind {
        case .none, .bool, .int, .float: return try arguments.seconds(slice)
        default:
            let value = try arguments.decoded(slice)
            if let seconds = value.seconds { return seconds }
            let type = value.nameOfType
            throw .type("'\(comparison)' not supported between instances of '\(type)' and 'int'")
        }
    }
}

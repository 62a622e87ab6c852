/// Why a pickle could not be read, written or compared.
public struct PickleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure: what a program branches on.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Base: String {
            case truncated, malformed, unsupported, limitExceeded, unhashable, unorderable
            case typeMismatch
        }

        private let base: Base

        private init(_ base: Base) { self.base = base }

        /// The bytes ended in the middle of an instruction or before STOP.
        public static let truncated = Code(.truncated)
        /// The bytes are not a pickle.
        public static let malformed = Code(.malformed)
        /// A pickle that cannot be read as data: persistent ids, out-of-band buffers.
        public static let unsupported = Code(.unsupported)
        /// One of ``PickleLimits`` was reached.
        public static let limitExceeded = Code(.limitExceeded)
        /// The value cannot be a key: Python's `TypeError: unhashable type`.
        public static let unhashable = Code(.unhashable)
        /// The values have no order: Python's `TypeError: '<' not supported`.
        public static let unorderable = Code(.unorderable)
        /// The value is of another type than the one asked for.
        public static let typeMismatch = Code(.typeMismatch)

        /// The code's name.
        public var description: String { base.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence for people. For ``Code-swift.struct/unhashable`` and
    /// ``Code-swift.struct/unorderable`` it is the text of Python's TypeError.
    public let reason: String

    /// The code and the reason.
    public var description: String { "\(code): \(reason)" }
}

extension PickleError {
    package static func truncated(at offset: Int) -> PickleError {
        PickleError(code: .truncated, reason: "pickle data was truncated at byte \(offset)")
    }

    package static func malformed(_ reason: String, at offset: Int) -> PickleError {
        PickleError(code: .malformed, reason: "\(reason) at byte \(offset)")
    }

    package static func malformed(_ reason: String) -> PickleError {
        PickleError(code: .malformed, reason: reason)
    }

    package static func unsupported(_ reason: String, at offset: Int) -> PickleError {
        PickleError(code: .unsupported, reason: "\(reason) at byte \(offset)")
    }

    /// - Parameter limit: the limit's name and value, as in `"depth of 1000 levels"`.
    package static func limitExceeded(_ limit: String) -> PickleError {
        PickleError(code: .limitExceeded, reason: "over the limit: \(limit)")
    }

    package static func unhashable(_ type: String) -> PickleError {
        PickleError(code: .unhashable, reason: "unhashable type: '\(type)'")
    }

    package static func unorderable(_ left: String, _ right: String) -> PickleError {
        PickleError(
            code: .unorderable,
            reason: "'<' not supported between instances of '\(left)' and '\(right)'")
    }

    /// `unorderable`, with this text.
    static func incomparable(_ reason: String) -> PickleError {
        PickleError(code: .unorderable, reason: reason)
    }

    package static func typeMismatch(expected: String, found: String) -> PickleError {
        PickleError(code: .typeMismatch, reason: "expected \(expected), found \(found)")
    }
}

/// What a pickle may cost, each limit with its unit.
///
/// A pickle is a peer's bytes, so everything it can make grow has a limit here; going over one
/// throws ``PickleError`` with the code ``PickleError/Code-swift.struct/limitExceeded``.
public struct PickleLimits: Sendable, Hashable {
    /// The longest pickle that is read, in bytes; never more than 1 GiB.
    public var bytes: Int
    /// How deeply values may be nested, in levels; also how deep the decoder's mark stack may grow.
    public var depth: Int
    /// How many entries the memo may hold.
    public var memoEntries: Int
    /// How many values a pickle may make, in nodes, of about 40 bytes of memory each; and how
    /// many more than the pickle has a ``PickleDecoder`` may make of them, counting shared ones
    /// each time (8 bytes of text are one).
    public var nodes: Int
    /// The longest text ``PickleValue/repr(limit:)`` gives, in UTF-8 bytes.
    public var reprLength: Int
    /// How many values `repr` may write that it has written before, since a small pickle may refer
    /// to one value again and again: its text is cut there.
    public var revisits: Int
    /// The longest canonical key, in bytes.
    public var keyLength: Int
    /// How many times as long as its pickle a canonical key may be; one below 4 KiB always may.
    public var keyExpansion: Int
    /// How many pairs of nodes one `==` or `<`, or all of one call to a server, may compare, and
    /// how many nodes one key may visit; or several times the size of the values, where that is
    /// more. No value that Python made needs so many; it stops a small pickle whose parts refer to
    /// each other in every which way.
    public var comparisons: Int
    /// The longest integer that is read as decimal text, and written as such, in digits.
    ///
    /// CPython's `sys.int_max_str_digits`.
    public var integerDigits: Int

    package static let largestPickle = 1 << 30

    /// The limits used where none are given.
    public static let `default` = PickleLimits()

    /// The limits of a ``PickleDecoder``, for a program that reads what it asked for: four times as
    /// many values.
    public static let decoding = {
        var limits = PickleLimits()
        limits.nodes = 1 << 26
        return limits
    }()

    /// Limits that fit a server's requests; each may be changed afterwards.
    public init() {
        bytes = Self.largestPickle
        depth = 1000
        memoEntries = 1 << 24
        nodes = 1 << 24
        reprLength = 1 << 22
        revisits = 1 << 18
        keyLength = 1 << 20
        keyExpansion = 64
        comparisons = 1 << 20
        integerDigits = 4300
    }
}

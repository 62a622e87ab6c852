/// An item of a ``ShareableList``.
public enum ShareableItem: Hashable, Sendable {
    /// `None`
    case none
    /// `True` or `False`
    case bool(Bool)
    /// An `int` of 64 bits.
    case int(Int)
    /// A `float`.
    case float(Double)
    /// A `str`.  Zeros at its end are lost, as in CPython.
    case str(String)
    /// A `bytes`.  Zeros at its end are lost, as in CPython.
    case bytes([UInt8])

    /// Whether Python calls the two equal: `1 == 1.0 == True`, but text never equals bytes.
    public func isEqual(to other: ShareableItem) -> Bool {
        if let number, let otherNumber = other.number { return number == otherNumber }
        return self == other
    }

    /// What it counts as; exact for integers that a Double has not.
    private var number: Number? {
        switch self {
        case .bool(let value): .whole(value ? 1 : 0)
        case .int(let value): .whole(value)
        case .float(let value): Int(exactly: value).map { .whole($0) } ?? .other(value)
        default: nil
        }
    }

    private enum Number: Equatable {
        case whole(Int)
        case other(Double)
    }
}

extension ShareableItem: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
    /// `None`
    public init(nilLiteral: ()) { self = .none }
    /// `True` or `False`
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An `int`.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A `float`.
    public init(floatLiteral value: Double) { self = .float(value) }
    /// A `str`.
    public init(stringLiteral value: String) { self = .str(value) }
}

// MARK: CPython's layout

/// How an item lies in a list: the characters of Python's `struct` that say so.  Pure.
///
/// ```text
/// int      q           bool     xxxxxxx?     None     xxxxxx?x
/// float    d           str, bytes   <room>s
/// ```
enum ShareableFormat: Equatable {
    case int, float, bool, none
    /// Text or bytes, and so much room, a multiple of eight.
    case text(room: Int)

    /// Most bytes of a format.
    static let size = 8
    /// Most room whose format has so few bytes, less than ten million.
    static let roomLimit = 9_999_992

    var text: String {
        switch self {
        case .int: "q"
        case .float: "d"
        case .bool: "xxxxxxx?"
        case .none: "xxxxxx?x"
        case .text(let room): "\(room)s"
        }
    }

    /// Reads one; nil for any other.
    init?(_ bytes: some Sequence<UInt8>) {
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        switch text {
        case "q": self = .int
        case "d": self = .float
        case "xxxxxxx?": self = .bool
        case "xxxxxx?x": self = .none
        default:
            guard text.hasSuffix("s"), let room = Int(text.dropLast()), room >= 0 else {
                return nil
            }
            self = .text(room: room)
        }
    }

    /// How an item lies that has all the room it needs; nil for one that is too long.
    init?(_ item: ShareableItem) {
        switch item {
        case .none: self = .none
        case .bool: self = .bool
        case .int: self = .int
        case .float: self = .float
        case .str, .bytes:
            let room = 8 * ((item.content?.count ?? 0) / 8 + 1)
            guard room <= Self.roomLimit else { return nil }
            self = .text(room: room)
        }
    }

    /// How many bytes it takes.
    var room: Int { if case .text(let room) = self { room } else { 8 } }
}

extension ShareableItem {
    /// What tells `str`, `bytes` and the others apart.
    var code: UInt8 {
        switch self {
        case .bool, .int, .float: 0
        case .str: 1
        case .bytes: 2
        case .none: 3
        }
    }

    /// The bytes of text or bytes.
    var content: [UInt8]? {
        switch self {
        case .str(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        default: nil
        }
    }

    /// As it lies, in so much room, which is enough.
    func stored(room: Int) -> [UInt8] {
        let bytes: [UInt8] =
            switch self {
            case .none: Array(repeating: 0, count: 8)
            case .bool(let value): Array(repeating: 0, count: 7) + [value ? 1 : 0]
            case .int(let value): value.storedBytes
            case .float(let value): Int(bitPattern: UInt(value.bitPattern)).storedBytes
            case .str, .bytes: content ?? []
            }
        return bytes + Array(repeating: 0, count: max(0, room - bytes.count))
    }

    /// Reads what lies in its room; nil where the three do not belong together.
    init?(_ bytes: ArraySlice<UInt8>, _ format: ShareableFormat, code: UInt8) {
        guard bytes.count == format.room else { return nil }
        switch (format, code) {
        case (_, 3): self = .none
        case (.int, 0): self = .int(Int(stored: bytes))
        case (.float, 0):
            self = .float(Double(bitPattern: UInt64(UInt(bitPattern: Int(stored: bytes)))))
        case (.bool, 0): self = .bool(bytes.last != 0)
        case (.text, 1):
            guard let text = String(validating: Self.trimmed(bytes), as: UTF8.self) else {
                return nil
            }
            self = .str(text)
        case (.text, 2): self = .bytes(Array(Self.trimmed(bytes)))
        default: return nil
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.prefix((bytes.lastIndex { $0 != 0 } ?? bytes.startIndex - 1) - bytes.startIndex + 1)
    }
}

extension Int {
    /// Its eight bytes, the lowest first.
    var storedBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
    }

    init(stored bytes: some BidirectionalCollection<UInt8>) {
        self = bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

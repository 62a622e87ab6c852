/// One object inside a request's pickle: the instructions from `start` up to `end`, unread.
///
/// Public only because the compiler does not inline a package's type into another module.
///
/// A scalar's slice is exact; a container's may end in instructions that add nothing (MEMOIZE,
/// FRAME), which ``SliceNormalizer`` drops.
public struct PickleSlice: Sendable, Hashable {
    /// What kind of object the slice pushes, as far as that is seen without building it.
    package enum Kind: UInt8, Sendable {
        case none, bool, int, float, str, bytes, byteArray
        case tuple, list, dict, set, frozenset
        /// A class or function by name or extension code.
        case global
        /// Instances, and what a memo reference stands for.
        case other

        /// Whether one instruction pushes such an object.
        var isScalar: Bool {
            switch self {
            case .none, .bool, .int, .float, .str, .bytes, .byteArray: true
            case .tuple, .list, .dict, .set, .frozenset, .global, .other: false
            }
        }
    }

    /// The offset of the first instruction.
    package let start: Int
    /// The offset behind the last instruction.
    @usableFromInline package let end: Int
    /// What the slice pushes.
    package let kind: Kind
    /// How many memo entries precede the slice; nil where nothing in it refers to the memo.
    let memoBase: Int?

    /// Whether the slice stands alone as it is, because it was written as a body.
    let isBody: Bool

    init(start: Int, end: Int, kind: Kind, memoBase: Int? = nil) {
        self.start = start
        self.end = end
        self.kind = kind
        self.memoBase = memoBase
        isBody = false
    }

    /// A body, written to a buffer from `start` to `end`.
    package init(body value: PickleValue, start: Int, end: Int) {
        self.start = start
        self.end = end
        memoBase = nil
        isBody = true
        kind =
            switch value.kind {
            case .none: .none
            case .bool: .bool
            case .int, .bigInt: .int
            case .float: .float
            case .str: .str
            case .bytes: .bytes
            case .tuple: .tuple
            case .list: .list
            case .dict: .dict
            case .set: .set
            case .frozenset: .frozenset
            case .global: .global
            // Made by calls at protocol 4, so no single instruction.
            case .byteArray, .complex, .extensionCode, .object: .other
            }
    }

    /// Stands where there is no object.
    package static let absent = PickleSlice(start: 0, end: 0, kind: .none)

    /// Whether there is no object.
    @inlinable @inline(__always)
    package var isAbsent: Bool { end == 0 }

    /// Whether the slice is one instruction, which stands alone as it is.
    package var isScalar: Bool { kind.isScalar }

    /// How many bytes stand before the text of a str or bytes with that opcode.
    @inlinable @inline(__always)
    package static func headerSize(_ opcode: UInt8) -> Int {
        switch opcode {
        case 0x8C, 0x43: 2  // SHORT_BINUNICODE, SHORT_BINBYTES
        case 0x58, 0x42: 5  // BINUNICODE, BINBYTES
        default: 9
        }
    }

    /// The number of bytes.
    package var count: Int { end - start }
}

/// What decides most comparisons of a value with others: 16 bytes of what stands first in it, which
/// is the value itself, or the first item of a tuple or a list, or that one's first item.
package struct SortPrefix: Sendable {
    private enum Kind: Int {
        case none, number, str, bytes, path
        case date, datetime, awareDatetime, time, timedelta, uuid
    }

    /// How deep what stands first may be.
    private static let depthLimit = 4

    /// The kind of what stands first, and in which tuples and lists it does: prefixes of the same
    /// form have an order.
    private let form: Int
    private let prefix: UInt128

    package init(_ value: PickleValue) {
        var first = value
        var shape = 1
        search: for _ in 0..<Self.depthLimit {
            let links: Extent
            switch first.node {
            case .tuple(let extent):
                links = extent
                shape = shape * 3 + 1
            case .list(let extent):
                links = extent
                shape = shape * 3 + 2
            default: break search
            }
            guard let child = first.arena.children(links).first else { break }
            first = first.sibling(child)
        }
        let (kind, prefix) = Self.prefix(first)
        form = kind == .none ? 0 : shape << 8 | kind.rawValue
        self.prefix = prefix
    }

    /// Whether the value comes before another, as ``PickleValue/isLess(than:limits:)`` says; nil
    /// where that is to be asked.
    package func isLess(than other: SortPrefix) -> Bool? {
        form == other.form && form != 0 && prefix != other.prefix ? prefix < other.prefix : nil
    }

    private static func prefix(_ value: PickleValue) -> (Kind, UInt128) {
        switch value.node {
        case .str(let extent): return (.str, prefix(value.arena.bytes(extent)))
        case .bytes(let extent): return (.bytes, prefix(value.arena.bytes(extent)))
        case .object(let index):
            switch value.arena.standardInstance(value.arena.objects[index]) {
            case .number(let number)?: return prefix(number)
            case .place(let scale, let place)?: return (kind(scale), prefix(place))
            case .path(let parts)?: return (.path, prefix(parts[...]))
            case nil: return (.none, 0)
            }
        default: return value.number.map(prefix) ?? (.none, 0)
        }
    }

    private static func kind(_ scale: StandardInstance.Scale) -> Kind {
        switch scale {
        case .date: .date
        case .datetime: .datetime
        case .awareDatetime: .awareDatetime
        case .time: .time
        case .timedelta: .timedelta
        case .uuid: .uuid
        }
    }

    /// The first bytes, and zeros where there are fewer.
    private static func prefix(_ text: ArraySlice<UInt8>) -> UInt128 {
        var number: UInt128 = 0
        for byte in text.prefix(16) { number = number << 8 | UInt128(byte) }
        return text.isEmpty ? 0 : number << UInt128(8 * (16 - min(text.count, 16)))
    }

    private static func prefix(_ place: Int128) -> UInt128 {
        UInt128(bitPattern: place) ^ 1 << 127
    }

    /// The nearest float: where those of two numbers differ, they tell which one is greater.
    private static func prefix(_ number: NumberOrder.Number) -> (Kind, UInt128) {
        let float: Double
        switch number {
        case .int(let value): float = Double(value)
        case .float(let value) where !value.isNaN: float = value
        case .rational(let value): float = value.nearest
        case .float, .bigInt: return (.none, 0)
        }
        // Both zeros are one.
        let bits = (float + 0).bitPattern
        let isNegative = bits >> 63 == 1
        return (.number, UInt128(isNegative ? ~bits : bits | 1 << 63))
    }
}

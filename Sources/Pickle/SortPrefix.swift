/// What decides most comparisons of a value with others: 16 bytes of it, found once, and the number
/// that it is, where it takes long to find that.
package struct SortPrefix: Sendable {
    private enum Form: UInt8 {
        /// Nothing is known: the values must be asked.
        case none
        /// A number by its nearest float: where those of two differ they tell the order.
        case number
        /// A str, and bytes, by their beginnings.
        case str, bytes
        /// The first of what a ``StandardInstance/Scale`` counts: the whole of it.
        case place
    }

    /// A number that is neither an int of 64 bits nor a float.
    private final class Exact: Sendable {
        let number: NumberOrder.Number

        init(_ number: NumberOrder.Number) {
            self.number = number
        }
    }

    private let form: UInt8
    private let prefix: UInt128
    /// How long a text is, in bytes.
    private let length: Int
    private let exact: Exact?

    private init(_ form: UInt8, _ prefix: UInt128, length: Int = 0, exact: Exact? = nil) {
        self.form = form
        self.prefix = prefix
        self.length = length
        self.exact = exact
    }

    private static let unknown = SortPrefix(Form.none.rawValue, 0)

    /// - Parameter fuel: pays for looking at an instance.
    /// - Throws: ``PickleError`` with `limitExceeded` when the fuel is used up.
    package init(_ value: PickleValue, _ fuel: inout ComparisonFuel) throws(PickleError) {
        switch value.node {
        case .str(let extent): self.init(text: value.arena.bytes(extent), .str)
        case .bytes(let extent): self.init(text: value.arena.bytes(extent), .bytes)
        case .object(let index):
            let instance = try fuel.reading(value.arena) { fuel in
                value.arena.standardInstance(value.arena.objects[index], &fuel)
            }
            switch instance {
            case .number(let number)?: self.init(number)
            case .place(let scale, let place)?:
                self.init(
                    Form.place.rawValue + scale.rawValue, UInt128(bitPattern: place) ^ 1 << 127)
            default: self = .unknown
            }
        default:
            if let number = value.number { self.init(number) } else { self = .unknown }
        }
    }

    private init(text: ArraySlice<UInt8>, _ form: Form) {
        var number: UInt128 = 0
        for byte in text.prefix(16) { number = number << 8 | UInt128(byte) }
        let missing = 16 - min(text.count, 16)
        self.init(
            form.rawValue, missing == 16 ? 0 : number << UInt128(8 * missing), length: text.count)
    }

    private init(_ number: NumberOrder.Number) {
        let float: Double
        var exact: Exact?
        switch number {
        case .int(let value):
            float = Double(value)
            if value.magnitude > 1 << 53 { exact = Exact(number) }
        case .float(let value) where !value.isNaN: float = value
        case .rational(let value):
            float = value.nearest
            exact = Exact(number)
        case .float, .bigInt:
            self = .unknown
            return
        }
        // Both zeros are one.
        let bits = (float + 0).bitPattern
        let isNegative = bits >> 63 == 1
        self.init(
            Form.number.rawValue, UInt128(isNegative ? ~bits : bits | 1 << 63), exact: exact)
    }

    /// How two values compare, one beside the other.
    package enum Order {
        case less, equal, greater
        /// The values must be asked.
        case unknown
    }

    /// How the value compares with another.
    package func order(_ other: SortPrefix) -> Order {
        guard form == other.form, form != Form.none.rawValue else { return .unknown }
        if prefix != other.prefix { return prefix < other.prefix ? .less : .greater }
        switch Form(rawValue: form) {
        case .str, .bytes:
            // Of texts that are longer the rest is not known.
            guard length > 16, other.length > 16 else {
                return length < other.length ? .less : length == other.length ? .equal : .greater
            }
            return .unknown
        case .number: return Self.order(exact?.number, other.exact?.number)
        default: return .equal
        }
    }

    /// Of two numbers with one nearest float: that float where the exact one is not told.
    private static func order(
        _ left: NumberOrder.Number?, _ right: NumberOrder.Number?
    ) -> Order {
        switch (left, right) {
        case (nil, nil): return .equal
        case (let left?, let right?):
            switch NumberOrder.compare(left, right) {
            case .less: return .less
            case .equal: return .equal
            case .greater: return .greater
            case .none: return .unknown
            }
        default: return .unknown
        }
    }
}

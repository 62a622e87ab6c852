extension PickleValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `None`
    public init(nilLiteral: ()) { self = .none }

    /// `True` or `False`
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// An int.
    public init(integerLiteral value: Int) { self = .int(value) }

    /// A float.
    public init(floatLiteral value: Double) { self = .float(value) }

    /// A str.
    public init(stringLiteral value: String) { self = .str(value) }

    /// A list.
    public init(arrayLiteral items: PickleValue...) { self = .list(items) }

    /// A dict.
    public init(dictionaryLiteral pairs: (PickleValue, PickleValue)...) {
        self = .dict(pairs.map { (key: $0.0, value: $0.1) })
    }
}

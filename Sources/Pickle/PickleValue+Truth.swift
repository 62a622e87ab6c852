extension PickleValue {
    /// Python's `bool(value)`. Instances of unknown classes are true, as they are in Python unless
    /// their class says otherwise.
    package var isTrue: Bool {
        switch kind {
        case .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .bigInt(let value): value != 0
        case .float(let value): value != 0
        case .complex(let real, let imaginary): real != 0 || imaginary != 0
        case .str(let text): !text.utf8.isEmpty
        case .bytes(let bytes), .byteArray(let bytes): !bytes.isEmpty
        case .tuple(let values), .list(let values), .set(let values), .frozenset(let values):
            !values.isEmpty
        case .dict(let items): !items.isEmpty
        case .global, .extensionCode, .object: true
        }
    }
}

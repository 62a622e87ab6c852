// Items of containers and texts, of which nothing else is looked at.
extension PickleValue {
    /// How many items a tuple or a list has; nil for another value.
    package var sequenceCount: Int? {
        switch node {
        case .tuple(let extent), .list(let extent): Int(extent.count)
        default: nil
        }
    }

    package var isTuple: Bool {
        if case .tuple = node { true } else { false }
    }

    /// An item of a tuple or a list, counted from 0.
    package func item(at place: Int) -> PickleValue {
        switch node {
        case .tuple(let extent), .list(let extent):
            sibling(arena.links[Int(extent.offset) + place])
        default: preconditionFailure("no tuple and no list")
        }
    }

    /// How many items a dict has; nil for another value.
    package var dictCount: Int? {
        if case .dict(let extent) = node { Int(extent.count) / 2 } else { nil }
    }

    /// A dict's value of a key, found by looking at one after the other.
    package func value(forKey key: PickleValue) -> PickleValue? {
        guard case .dict(let extent) = node else { return nil }
        if case .str(let text) = key.node {
            let text = key.arena.bytes(text)
            for (own, value) in arena.pairs(extent) {
                if case .str(let name) = arena[own], ByteOrder.areEqual(arena.bytes(name), text) {
                    return sibling(value)
                }
            }
            return nil
        }
        return pairs(extent).first { $0.key == key }?.value
    }

    /// How many code points a str has; nil for another value.
    package var characterCount: Int? {
        guard case .str(let extent) = node else { return nil }
        return arena.bytes(extent).reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    /// A code point of a str, counted from 0, as a str.
    package func character(at place: Int) -> PickleValue {
        guard case .str(let extent) = node else { preconditionFailure("no str") }
        let bytes = arena.bytes(extent)
        var left = place
        var start = bytes.startIndex
        while left > 0 {
            start += 1
            if bytes[start] & 0xC0 != 0x80 { left -= 1 }
        }
        let end = bytes[(start + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.endIndex
        return .str(PickleString(unchecked: Array(bytes[start..<end])))
    }

    /// Whether a str has ASCII characters only.
    package var isASCII: Bool {
        guard case .str(let extent) = node else { return true }
        return arena.bytes(extent).allSatisfy { $0 < 0x80 }
    }

    /// How many bytes a text has, or an int of more than 64 bits; 0 for another value.
    package var byteCount: Int {
        switch node {
        case .str(let extent), .bytes(let extent), .byteArray(let extent), .bigInt(let extent):
            Int(extent.count)
        default: 0
        }
    }
}

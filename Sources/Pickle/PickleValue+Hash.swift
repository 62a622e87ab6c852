import BigInt

extension PickleValue: Hashable {
    /// Equal values hash alike: `1`, `1.0` and `True`; bytes and a bytearray of them; sets
    /// whatever their order.
    ///
    /// Looks at a container's size and, in a tuple, at its first few items, so that the hash of a
    /// value costs little however large it is. Unlike in Python every value has a hash: it is
    /// Swift's, and the value does not change.
    public func hash(into hasher: inout Hasher) {
        switch node {
        case .tuple(let extent):
            hasher.combine(Family.tuple)
            hasher.combine(extent.count)
            for child in arena.children(extent).prefix(4) { hashLeaf(arena[child], into: &hasher) }
        default:
            hashLeaf(node, into: &hasher)
        }
    }

    private enum Family {
        case none, text, bytes, number, complex, tuple, list, dict, set, name, object
    }

    private func hashLeaf(_ node: Node, into hasher: inout Hasher) {
        switch node {
        case .none: hasher.combine(Family.none)
        case .bool(let value): hash(number: value ? 1 : 0, into: &hasher)
        case .int(let value): hash(number: Double(value), into: &hasher)
        case .float(let value): hash(number: value, into: &hasher)
        case .bigInt(let extent): hash(bigInt: arena.bytes(extent), into: &hasher)
        case .complex(let real, let imaginary):
            hash(number: real, into: &hasher)
            if imaginary != 0 { hasher.combine(imaginary) }
        case .str(let extent): hash(.text, arena.bytes(extent), into: &hasher)
        case .bytes(let extent), .byteArray(let extent):
            hash(.bytes, arena.bytes(extent), into: &hasher)
        case .tuple(let extent): hash(.tuple, extent, into: &hasher)
        case .list(let extent): hash(.list, extent, into: &hasher)
        case .dict(let extent): hash(.dict, extent, into: &hasher)
        case .set(let extent), .frozenSet(let extent): hash(.set, extent, into: &hasher)
        case .global(_, let name): hash(.name, arena.text(name), into: &hasher)
        case .extensionCode(let code):
            hasher.combine(Family.name)
            hasher.combine(code)
        case .object(let index):
            switch arena.standardInstance(arena.objects[index]) {
            case .number(.int(let value))?: hash(number: Double(value), into: &hasher)
            case .number(.bigInt(let value))?:
                hash(bigInt: value.littleEndianBytes[...], into: &hasher)
            case .number(.float(let value))?: hash(number: value, into: &hasher)
            case .number(.rational(let value))?: hasher.combine(value)
            case .place(let scale, let place)?:
                hasher.combine(scale)
                hasher.combine(place)
            case .path(let text)?: hasher.combine(text)
            case .nan?: hasher.combine(Family.object)
            case nil: hasher.combine(Family.object)
            }
        }
    }

    private func hash(number: Double, into hasher: inout Hasher) {
        hasher.combine(Family.number)
        hasher.combine(number)
    }

    /// A big int that is equal to a float has the hash of that float: both are cut to their
    /// highest bits.
    private func hash(bigInt bytes: ArraySlice<UInt8>, into hasher: inout Hasher) {
        let value = BigInt(littleEndian: bytes)
        let excess = value.magnitude.bitWidth - 64
        let top = Double(UInt64(truncatingIfNeeded: value.magnitude >> excess) & ~0x7FF)
        let magnitude =
            excess > 1100 ? .infinity : Double(sign: .plus, exponent: excess, significand: top)
        hash(number: value.sign == .minus ? -magnitude : magnitude, into: &hasher)
    }

    private func hash(_ family: Family, _ bytes: ArraySlice<UInt8>, into hasher: inout Hasher) {
        hasher.combine(family)
        hasher.combine(bytes.count)
        for byte in bytes.prefix(256) { hasher.combine(byte) }
    }

    private func hash(_ family: Family, _ extent: Extent, into hasher: inout Hasher) {
        hasher.combine(family)
        hasher.combine(extent.count)
    }
}

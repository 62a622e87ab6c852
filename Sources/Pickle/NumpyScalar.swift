import BigInt

/// Scalars of numpy's, which Python takes for the numbers that they are: as keys, in comparisons,
/// as indices.
///
/// ```text
/// numpy[._]core.multiarray.scalar(dtype, b'\3\0\0\0\0\0\0\0')
///     dtype: numpy.dtype('i8', False, True), then __setstate__((3, '<', None, …))
/// ```
/// The letter is `b` for a bool, `i` and `u` for ints, `f` for floats; behind it stands the size in
/// bytes. (numpy, `numpy/_core/src/multiarray/scalartypes.c.src`, `gentype_reduce`.)
extension Arena {
    private static let modules = ["numpy.core.multiarray", "numpy._core.multiarray"]

    /// The number that a scalar of numpy's is; nil for any other instance, and for a kind of scalar
    /// that Python has no number for.
    func numpyNumber(_ object: ArenaObject) -> NumberOrder.Number? {
        guard object.construction == .reduce, object.steps.isEmpty, object.keywords == nil,
            Self.modules.contains(where: { isGlobal(object.callable, $0, "scalar") })
        else { return nil }
        let arguments = Array(children(items(ofTuple: object.arguments)))
        guard arguments.count == 2, case .object(let index) = self[arguments[0]],
            case .bytes(let extent) = self[arguments[1]],
            let type = numpyType(objects[index]), Int(extent.count) == type.size
        else { return nil }
        let bytes = type.isBigEndian ? Array(bytes(extent)) : bytes(extent).reversed()
        let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let unused = UInt64(64 - 8 * type.size)
        switch (type.letter, type.size) {
        case ("b", 1): return .int(bits == 0 ? 0 : 1)
        case ("i", _): return .int(Int(truncatingIfNeeded: bits << unused) >> Int(unused))
        case ("u", _): return Int(exactly: bits).map { .int($0) } ?? .bigInt(BigInt(bits))
        case ("f", 2): return .float(Double(Float16(bitPattern: UInt16(bits))))
        case ("f", 4): return .float(Double(Float(bitPattern: UInt32(bits))))
        case ("f", 8): return .float(Double(bitPattern: bits))
        default: return nil
        }
    }

    private func numpyType(
        _ object: ArenaObject
    ) -> (letter: Unicode.Scalar, size: Int, isBigEndian: Bool)? {
        guard object.construction == .reduce, isGlobal(object.callable, "numpy", "dtype"),
            let first = children(items(ofTuple: object.arguments)).first
        else { return nil }
        let name = text(first)
        guard name.count == 2, let letter = name.first, let digit = name.last,
            let size = [1, 2, 4, 8].first(where: { $0 == Int(digit) - 0x30 })
        else { return nil }
        var isBigEndian = false
        if case .build(let state)? = object.steps.last {
            let parts = children(items(ofTuple: state))
            guard let order = parts.dropFirst().first else { return nil }
            isBigEndian = text(order).elementsEqual(">".utf8)
        }
        return (Unicode.Scalar(letter), size, isBigEndian)
    }
}

// Instances where Python wants a number.
extension PickleValue {
    /// The number that an instance stands for where an index or a count is wanted: an int of
    /// numpy's, a member of an enum of ints, an instance of a class that is derived from int.
    ///
    /// A pickle does not tell whether an enum is one of ints; Python refuses the others.
    package var index: Int? {
        guard case .object(let index) = node else { return nil }
        let object = arena.objects[index]
        if case .int(let number)? = arena.numpyNumber(object) { return number }
        let arguments = arena.children(arena.items(ofTuple: object.arguments))
        guard object.construction == .reduce || object.construction == .newObject,
            object.steps.isEmpty, object.keywords == nil, arguments.count == 1,
            let only = arguments.first, case .int(let number) = arena[only],
            case .global(let module, _) = arena[object.callable],
            !arena.text(module).elementsEqual("builtins".utf8)
        else { return nil }
        return number
    }

    /// The number of seconds that an instance stands for: a scalar of numpy's, or what stands for
    /// an int.
    package var seconds: Double? {
        if let index { return Double(index) }
        guard case .object(let index) = node else { return nil }
        return arena.numpyNumber(arena.objects[index]).flatMap(Self.float) ?? derivedFloat
    }

    /// The number that an instance of a class is which is derived from float.
    private var derivedFloat: Double? {
        guard case .object(let object) = kind, case .float(let number)? = object.base?.kind else {
            return nil
        }
        return number
    }

    /// Python's `float(value)` of an instance that is a number of its library or numpy's, or stands
    /// for an int, and of an int of more than 64 bits; nil for another value, and one beyond all
    /// floats.
    package var float: Double? {
        if let index { return Double(index) }
        switch node {
        case .object(let index):
            return arena.number(arena.objects[index]).flatMap(Self.float) ?? derivedFloat
        case .bigInt: return number.flatMap(Self.float)
        default: return nil
        }
    }

    /// - Returns: nil for an int that is beyond all floats.
    private static func float(_ number: NumberOrder.Number) -> Double? {
        switch number {
        case .int(let value): return Double(value)
        case .float(let value): return value
        case .rational(let value): return value.nearest
        case .bigInt(let value):
            let float = Double(value)
            return float.isFinite ? float : nil
        }
    }
}

extension PickleValue {
    /// Whether the value comes before another, as Python's `<` says.
    ///
    /// Numbers compare by value (a `Decimal`, `Fraction` or numpy scalar is one), str by code
    /// points, bytes (and bytearrays) by bytes, lists and tuples by their first items that differ;
    /// a set is less than another if it is a proper subset. `date`s, `datetime`s, `time`s,
    /// `timedelta`s, `UUID`s and paths of POSIX's compare with their like.
    ///
    /// - Throws: ``PickleError`` with `unorderable` for other pairs of types, the reason being
    ///   the text of Python's TypeError; with `limitExceeded` if it takes more than
    ///   ``PickleLimits/comparisons`` steps.
    /// - Note: Python may order instances of classes that are not known here.
    public func isLess(
        than other: PickleValue, limits: PickleLimits = .default
    ) throws(PickleError) -> Bool {
        var equality = Equality(arena, other.arena, limits: limits)
        return try isLess(than: other, limits, &equality)
    }

    /// The same in a call that makes more comparisons than this one.
    ///
    /// - Throws: as ``isLess(than:limits:)``; `limitExceeded` when the call's fuel is used up.
    package func isLess(
        than other: PickleValue, _ fuel: inout ComparisonFuel
    ) throws(PickleError) -> Bool {
        try fuel.spend(arena, other.arena) { (equality) throws(PickleError) in
            try isLess(than: other, .default, &equality)
        }
    }

    private func isLess(
        than other: PickleValue, _ limits: PickleLimits, _ equality: inout Equality
    ) throws(PickleError) -> Bool {
        var left = self
        var right = other
        for _ in 0..<limits.depth {
            switch (left.node, right.node) {
            case (.str(let leftText), .str(let rightText)):
                return ByteOrder.precedes(left.arena.bytes(leftText), right.arena.bytes(rightText))
            case (.bytes(let leftBytes), .bytes(let rightBytes)),
                (.bytes(let leftBytes), .byteArray(let rightBytes)),
                (.byteArray(let leftBytes), .bytes(let rightBytes)),
                (.byteArray(let leftBytes), .byteArray(let rightBytes)):
                return ByteOrder.precedes(
                    left.arena.bytes(leftBytes), right.arena.bytes(rightBytes))
            case (.bigInt(let leftBytes), .bigInt(let rightBytes)):
                return TwosComplement.precedes(
                    left.arena.bytes(leftBytes), right.arena.bytes(rightBytes))
            case (.list(let leftLinks), .list(let rightLinks)),
                (.tuple(let leftLinks), .tuple(let rightLinks)):
                guard
                    let pair = try Self.firstDifference(
                        left.arena.children(leftLinks), right.arena.children(rightLinks), &equality)
                else { return leftLinks.count < rightLinks.count }
                left = left.sibling(pair.left)
                right = right.sibling(pair.right)
            case (.set(let leftLinks), .set(let rightLinks)),
                (.set(let leftLinks), .frozenSet(let rightLinks)),
                (.frozenSet(let leftLinks), .set(let rightLinks)),
                (.frozenSet(let leftLinks), .frozenSet(let rightLinks)):
                return try equality.isProperSubset(leftLinks, rightLinks)
            case (.object(let leftIndex), .object(let rightIndex)):
                return try left.isLess(leftIndex, right, rightIndex, &equality)
            default:
                guard let leftNumber = left.number, let rightNumber = right.number else {
                    throw .unorderable(left.typeName, right.typeName)
                }
                return NumberOrder.compare(leftNumber, rightNumber) == .less
            }
        }
        throw .limitExceeded("depth of \(limits.depth) levels")
    }

    private static func firstDifference(
        _ left: ArraySlice<NodeID>, _ right: ArraySlice<NodeID>, _ equality: inout Equality
    ) throws(PickleError) -> (left: NodeID, right: NodeID)? {
        for (left, right) in zip(left, right) {
            if try !equality.compare(left, right, isInside: true) { return (left, right) }
        }
        return nil
    }

    /// The name of the value's type, as in Python's messages: `int`, `NoneType`, the last part of
    /// a class's name; for a class written in C the module too: `datetime.date`.
    public var typeName: String {
        switch node {
        case .none: "NoneType"
        case .bool: "bool"
        case .int, .bigInt: "int"
        case .float: "float"
        case .complex: "complex"
        case .str: "str"
        case .bytes: "bytes"
        case .byteArray: "bytearray"
        case .tuple: "tuple"
        case .list: "list"
        case .dict: "dict"
        case .set: "set"
        case .frozenSet: "frozenset"
        case .global: globalTypeName
        case .extensionCode: "type"
        case .object(let index): typeName(of: PickleObject(arena.objects[index], of: self))
        }
    }

    private func typeName(of object: PickleObject) -> String {
        if let proxy = proxyReference { return proxy.typeName }
        guard let (module, name) = object.className else { return "object" }
        switch (module, name, object.arguments.first?.kind) {
        case ("builtins", "iter", .list): return "list_iterator"
        case ("builtins", "iter", .tuple): return "tuple_iterator"
        case ("builtins", "reversed", .list): return "list_reverseiterator"
        default: return BuiltinNames.typeName(ofInstance: module, name)
        }
    }

    private var globalTypeName: String {
        guard case .global("builtins", let name) = kind else { return "type" }
        return BuiltinNames.typeName(of: name)
    }
}

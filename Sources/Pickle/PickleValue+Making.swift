public import BigInt

extension PickleValue {
    private init(_ node: Node) {
        self.init(Arena(node), 0)
    }

    private init(_ bytes: [UInt8], _ node: (Extent) -> Node) {
        let extent = Extent(from: 0, to: bytes.count)
        self.init(Arena(node(extent), data: bytes), 0)
    }

    private init(items: [PickleValue], _ node: (Extent) -> Node) {
        var graft = Graft()
        let extent = graft.add(items)
        let id = graft.builder.addFilled(node(extent))
        self.init(graft.builder.freeze(), id)
    }

    private static let sharedNone = PickleValue(.none)
    private static let sharedTrue = PickleValue(.bool(true))
    private static let sharedFalse = PickleValue(.bool(false))
    private static let smallInts = (0..<256).map { PickleValue(.int($0)) }

    // MARK: Scalars

    /// `None`
    public static var none: PickleValue { sharedNone }

    /// `True` or `False`
    public static func bool(_ value: Bool) -> PickleValue { value ? sharedTrue : sharedFalse }

    /// An int.
    public static func int(_ value: Int) -> PickleValue {
        smallInts.indices.contains(value) ? smallInts[value] : PickleValue(.int(value))
    }

    /// An int of any size.
    public static func bigInt(_ value: BigInt) -> PickleValue {
        if let small = Int(exactly: value) { return int(small) }
        return PickleValue(value.littleEndianBytes) { .bigInt($0) }
    }

    /// A float.
    public static func float(_ value: Double) -> PickleValue { PickleValue(.float(value)) }

    /// A complex number.
    public static func complex(real: Double, imaginary: Double) -> PickleValue {
        PickleValue(.complex(real, imaginary))
    }

    /// A str.
    public static func str(_ value: String) -> PickleValue {
        PickleValue(Array(value.utf8)) { .str($0) }
    }

    /// A str that may hold lone surrogates.
    public static func str(_ value: PickleString) -> PickleValue {
        PickleValue(value.utf8) { .str($0) }
    }

    /// Bytes.
    public static func bytes(_ value: [UInt8]) -> PickleValue {
        PickleValue(value) { .bytes($0) }
    }

    /// A bytearray.
    public static func byteArray(_ value: [UInt8]) -> PickleValue {
        PickleValue(value) { .byteArray($0) }
    }

    // MARK: Containers

    /// A tuple.
    public static func tuple(_ items: [PickleValue]) -> PickleValue {
        PickleValue(items: items) { .tuple($0) }
    }

    /// A list.
    public static func list(_ items: [PickleValue]) -> PickleValue {
        PickleValue(items: items) { .list($0) }
    }

    /// A dict. Of equal keys the last one's value counts, as in Python.
    public static func dict(_ pairs: [(key: PickleValue, value: PickleValue)]) -> PickleValue {
        PickleValue(items: pairs.flatMap { [$0.key, $0.value] }) { .dict($0) }
    }

    /// A set.
    public static func set(_ items: [PickleValue]) -> PickleValue {
        PickleValue(items: items) { .set($0) }
    }

    /// A frozenset.
    public static func frozenset(_ items: [PickleValue]) -> PickleValue {
        PickleValue(items: items) { .frozenSet($0) }
    }

    // MARK: Classes and instances

    /// A class or function, by module and qualified name.
    public static func global(module: String, name: String) -> PickleValue {
        var graft = Graft()
        let id = graft.addGlobal(module: module, name: name)
        return PickleValue(graft.builder.freeze(), id)
    }

    /// What calling something gives: `callable(*arguments)`, then `__setstate__(state)` on it, if
    /// there is a state.
    public static func reduce(
        _ callable: PickleValue, _ arguments: [PickleValue], state: PickleValue? = nil
    ) -> PickleValue {
        object(.reduce, callable, arguments, state: state)
    }

    /// A new instance: `callable.__new__(callable, *arguments)`, then `__setstate__(state)` on
    /// it, if there is a state.
    public static func newObject(
        _ callable: PickleValue, _ arguments: [PickleValue] = [], state: PickleValue? = nil
    ) -> PickleValue {
        object(.newObject, callable, arguments, state: state)
    }

    private static func object(
        _ construction: PickleObject.Construction, _ callable: PickleValue,
        _ arguments: [PickleValue], state: PickleValue?
    ) -> PickleValue {
        var graft = Graft()
        let callableID = graft.add(callable)
        let items = graft.add(arguments)
        let tuple = graft.builder.add(.tuple(items))
        let id = graft.builder.addObject(
            ArenaObject(
                construction: construction, callable: callableID, arguments: tuple, keywords: nil))
        if let state {
            let stateID = graft.add(state)
            _ = graft.builder.fill(id, .build(stateID))
        }
        return PickleValue(graft.builder.freeze(), id)
    }
}

extension Graft {
    mutating func addGlobal(module: String, name: String) -> NodeID {
        let moduleText = builder.addData(module.utf8)
        let moduleID = builder.add(.str(moduleText))
        let nameText = builder.addData(name.utf8)
        return builder.add(.global(module: moduleID, name: builder.add(.str(nameText))))
    }
}

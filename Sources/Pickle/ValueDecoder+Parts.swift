// What a value consists of, where it is one of Python's containers, or of a class made like them.
extension ValueDecoder {
    /// Kinds of dict that `collections` has; what they hold is set in them afterwards, or given to
    /// the class.
    private static let dicts = ["OrderedDict", "defaultdict", "Counter"]
    /// Modules of classes whose only argument is not their value, as their names begin.
    private static let otherModules = [
        "builtins", "collections", "decimal", "fractions", "pathlib",
    ]

    /// The decoder of a part of the value.
    func child(_ id: NodeID, _ path: CodingPath) -> ValueDecoder {
        ValueDecoder(value: value.sibling(id), path: path, depth: depth + 1, budget: budget)
    }

    /// The items of a list, tuple, set or frozenset, or of an instance of a kind of these; nil for
    /// another value.
    var items: ArraySlice<NodeID>? {
        switch value.node {
        case .list(let extent), .tuple(let extent), .set(let extent), .frozenSet(let extent):
            return value.arena.children(extent)
        case .object(let index):
            let object = value.arena.objects[index]
            let appended = value.arena.mergedSteps(object).appended
            guard appended.isEmpty else { return appended[...] }
            // A namedtuple, or an instance of another class derived from tuple, has its items from
            // the beginning.
            if object.construction == .newObject, object.steps.isEmpty {
                let arguments = value.arena.children(arguments(of: object))
                return arguments.isEmpty ? nil : itemsOfTuple(arguments)
            }
            return isCall(of: ["deque"], object) ? [] : nil
        default: return nil
        }
    }

    /// The keys and values of a dict, or of an instance of a kind of dict; nil for another value.
    var pairs: [(key: NodeID, value: NodeID)]? {
        switch value.node {
        case .dict(let extent): return value.arena.pairs(extent)
        case .object(let index):
            let object = value.arena.objects[index]
            let items = value.arena.mergedSteps(object).items
            guard !items.isEmpty else {
                return isCall(of: Self.dicts, object) ? firstPairs(of: object) : nil
            }
            return stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
        default: return nil
        }
    }

    /// The fields of an instance, or the pairs of a dict.
    var fields: [(key: NodeID, value: NodeID)]? {
        if let pairs { return pairs }
        guard case .object(let index) = value.node,
            let state = value.arena.mergedSteps(value.arena.objects[index]).states.last
        else { return nil }
        switch value.arena[state] {
        case .dict(let extent): return value.arena.pairs(extent)
        case .tuple(let extent) where extent.count == 2:
            // That of a class with `__slots__`: its `__dict__` or None, and the slots.
            let parts = Array(value.arena.children(extent))
            guard case .dict(let slots) = value.arena[parts[1]] else { return nil }
            guard case .dict(let extent) = value.arena[parts[0]] else {
                return value.arena.pairs(slots)
            }
            return value.arena.pairs(extent) + value.arena.pairs(slots)
        default: return nil
        }
    }

    /// The value of one field, if there is such a field.
    func field(_ name: String) -> ValueDecoder? {
        fields?.last { value.arena.text($0.key).elementsEqual(name.utf8) }
            .map { child($0.value, path) }
    }

    /// The number or text of a member of an enum, or of an instance of a class derived from int,
    /// float or str: they are made of that alone. Nil for another value.
    var scalar: ValueDecoder? {
        guard case .object(let index) = value.node else { return nil }
        let object = value.arena.objects[index]
        let arguments = value.arena.children(arguments(of: object))
        guard let only = arguments.first, arguments.count == 1, object.keywords == nil,
            case .global(let module, _) = value.arena[object.callable]
        else { return nil }
        let moduleText = value.arena.text(module)
        switch (object.construction, value.arena[only]) {
        case (.newObject, .int), (.newObject, .bigInt), (.newObject, .float), (.newObject, .str):
            return child(only, path)
        case (.reduce, .int), (.reduce, .bigInt), (.reduce, .float), (.reduce, .str):
            let isOther = Self.otherModules.contains { moduleText.starts(with: $0.utf8) }
            return isOther || !object.steps.isEmpty ? nil : child(only, path)
        default: return nil
        }
    }

    private func arguments(of object: ArenaObject) -> Extent {
        value.arena.items(ofTuple: object.arguments)
    }

    /// The items of an instance of a class derived from tuple. A namedtuple's class is given one
    /// by one what another's is given as one tuple.
    private func itemsOfTuple(_ arguments: ArraySlice<NodeID>) -> ArraySlice<NodeID> {
        guard arguments.count == 1, let only = arguments.first,
            case .tuple(let extent) = value.arena[only]
        else { return arguments }
        return value.arena.children(extent)
    }

    /// Whether an instance is made by a call of one of these classes of `collections`.
    private func isCall(of names: [String], _ object: ArenaObject) -> Bool {
        object.construction == .reduce
            && names.contains { value.arena.isGlobal(object.callable, "collections", $0) }
    }

    private func firstPairs(of object: ArenaObject) -> [(key: NodeID, value: NodeID)] {
        let first = value.arena.children(arguments(of: object)).first
        guard let first, case .dict(let extent) = value.arena[first] else { return [] }
        return value.arena.pairs(extent)
    }
}

package import Pickle

// What Python's iteration gives, where a pickle tells it.
extension PickleValue {
    /// What iterating over the value gives.
    ///
    /// - Throws: TypeError for what cannot be iterated over, or is an instance of a class whose
    ///   iteration is code; MemoryError for more than fits in ``StoreLimits/expansion``.
    package func elements() throws(Failure) -> [PickledValue] {
        var expansion = Expansion(of: self)
        return try elements(&expansion)
    }

    /// The same where the request gives more than these.
    func elements(_ expansion: inout Expansion) throws(Failure) -> [PickledValue] {
        switch kind {
        case .list(let items), .tuple(let items), .set(let items), .frozenset(let items):
            return try expansion.items(items)
        case .dict(let items): return try expansion.items(items.map(\.key))
        case .str(let text): return try Self.characters(of: text, &expansion)
        case .bytes(let bytes), .byteArray(let bytes):
            try expansion.add(bytes: 8 * bytes.count)
            return bytes.map { PickledValue.bytes[Int($0)] }
        case .object(let object): return try elements(of: object, &expansion)
        default: throw .notIterable(nameOfType)
        }
    }

    /// The items of a dict, or of an instance of a kind of dict; nil for anything else.
    var mappingItems: [(key: PickleValue, value: PickleValue)]? {
        switch kind {
        case .dict(let items): items
        case .object(let object):
            if let wrapped = object.wrapped {
                wrapped.mappingItems
            } else {
                !object.items.isEmpty || Self.mappings.contains(nameOfType) ? object.items : nil
            }
        default: nil
        }
    }

    /// Python's own kinds of dict, which are one even while they are empty.
    private static let mappings: Set<String> = [
        "collections.OrderedDict", "collections.defaultdict",
    ]

    /// The name of the value's type, as messages have it.
    var nameOfType: String { typeName }

    private static func characters(
        of text: PickleString, _ expansion: inout Expansion
    ) throws(Failure) -> [PickledValue] {
        var characters: [PickledValue] = []
        var rest = text.utf8[...]
        while let first = rest.first {
            let count = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            characters.append(try expansion.add(character(rest.prefix(count))))
            rest = rest.dropFirst(count)
        }
        return characters
    }

    private static func character(_ utf8: ArraySlice<UInt8>) -> PickledValue {
        if utf8.count == 1, let first = utf8.first { return PickledValue.characters[Int(first)] }
        var writer = BodyWriter()
        writer.str(utf8: utf8)
        return PickledValue(body: writer.bytes)
    }

    private func elements(
        of object: PickleObject, _ expansion: inout Expansion
    ) throws(Failure) -> [PickledValue] {
        let name = object.className.map { "\($0.module).\($0.name)" } ?? ""
        switch name {
        case "builtins.range": return try Self.range(object.arguments, &expansion)
        case "builtins.iter": return Array(try rest(of: object, isReversed: false, &expansion))
        case "builtins.reversed": return Array(try rest(of: object, isReversed: true, &expansion))
        case "array.array":
            return try expansion.inside { (expansion) throws(Failure) in
                try Self.arrayItems(object.arguments, &expansion)
            }
        case "builtins.enumerate": return try numbered(object.arguments, &expansion)
        case "builtins.zip": return try zipped(object.arguments, &expansion)
        case "collections.deque": return try expansion.items(object.appended)
        default: break
        }
        if let wrapped = object.wrapped {
            return try expansion.inside { (expansion) throws(Failure) in
                try wrapped.elements(&expansion)
            }
        }
        if let items = mappingItems { return try expansion.items(items.map(\.key)) }
        let items = object.appended + object.added
        guard !items.isEmpty else { throw .notIterable(nameOfType) }
        return try expansion.items(items)
    }

    /// What an iterator over a sequence has not given yet. Its state is the place where it stands.
    private func rest(
        of iterator: PickleObject, isReversed: Bool, _ expansion: inout Expansion
    ) throws(Failure) -> ArraySlice<PickledValue> {
        guard iterator.arguments.count == 1 else { throw .notIterable(nameOfType) }
        let all = try expansion.inside { (expansion) throws(Failure) in
            try iterator.arguments[0].elements(&expansion)
        }
        guard case .int(let place)? = iterator.states.last?.kind else {
            return isReversed ? all.reversed()[...] : all[...]
        }
        let bounded = max(-1, min(place, all.count))
        return isReversed ? all.prefix(bounded + 1).reversed()[...] : all.dropFirst(max(0, bounded))
    }

    private static func range(
        _ arguments: [PickleValue], _ expansion: inout Expansion
    ) throws(Failure) -> [PickledValue] {
        let count = arguments.count
        guard (1...3).contains(count) else { throw .type("range expected 1 to 3 arguments") }
        let step = count == 3 ? arguments[2] : 1
        guard step != 0 else { throw .value("range() arg 3 must not be zero") }
        let first = count == 1 ? 0 : arguments[0]
        guard let range = RangeObject(from: first, to: arguments[count == 1 ? 0 : 1], by: step)
        else { throw .type("a range that is gone through must have bounds of 129 bytes") }
        guard range.count > 0 else { return [] }
        try expansion.check(items: range.count - 1)
        var items: [PickledValue] = []
        try range.goThrough { (number) throws(Failure) in items.append(try expansion.add(number)) }
        return items
    }
}

extension PickleObject {
    /// What an instance of one of Python's own classes holds that goes for it: a Counter's counts,
    /// and the data of a UserDict and a UserList.
    fileprivate var wrapped: PickleValue? {
        guard let name = className, name.module == "collections" else { return nil }
        switch name.name {
        case "Counter":
            guard argumentCount == 1, let counts = arguments.first, case .dict = counts.kind else {
                return nil
            }
            return counts
        case "UserDict", "UserList":
            guard case .dict(let attributes)? = states.last?.kind,
                let data = attributes.first(where: { $0.key == .str("data") })?.value
            else { return nil }
            switch (name.name, data.kind) {
            case ("UserDict", .dict), ("UserList", .list): return data
            default: return nil
            }
        default: return nil
        }
    }
}

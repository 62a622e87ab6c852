import Pickle

/// A function of Python's own library by which `sort(key=…)` sorts: those that are known here are
/// worked out, for no function of a client's is ever called.
struct SortKeyFunction {
    private enum Form {
        /// `operator.itemgetter(…)`
        case items([PickleValue])
        /// `operator.attrgetter(…)`, each name at its dots.
        case attributes([[PickleString]])
        /// `str.lower` and the like.
        case text(CaseMapping)
        case length, magnitude, negation, string, int, float
    }

    /// How many items or attributes of each value are asked for at most.
    private static let partLimit = 16

    private let form: Form

    /// - Returns: nil for a function that is not known.
    init?(_ function: PickleValue) {
        guard let form = Self.form(function) else { return nil }
        self.form = form
    }

    private static func form(_ function: PickleValue) -> Form? {
        switch function.kind {
        case .global("builtins", let name): return form(named: name)
        case .global("_operator", "neg"): return .negation
        case .object(let object):
            guard object.construction == .reduce, 1...partLimit ~= object.argumentCount,
                case .global(let module, let name) = object.callable.kind
            else { return nil }
            switch (module, name) {
            case ("operator", "itemgetter"): return .items(object.arguments)
            case ("operator", "attrgetter"): return attributes(object.arguments)
            case ("builtins", "getattr"): return method(object.arguments)
            default: return nil
            }
        default: return nil
        }
    }

    private static func form(named name: String) -> Form? {
        switch name {
        case "len": .length
        case "abs": .magnitude
        case "str": .string
        case "int": .int
        case "float": .float
        default: nil
        }
    }

    private static func attributes(_ names: [PickleValue]) -> Form? {
        var paths: [[PickleString]] = []
        for name in names {
            guard case .str(let text) = name.kind else { return nil }
            let parts = text.utf8.split(
                separator: UInt8(ascii: "."), maxSplits: partLimit, omittingEmptySubsequences: false
            )
            paths.append(parts.map { PickleString(unchecked: Array($0)) })
        }
        return .attributes(paths)
    }

    /// `getattr(str, 'lower')`
    private static func method(_ arguments: [PickleValue]) -> Form? {
        guard arguments.count == 2, case .global("builtins", "str") = arguments[0].kind,
            case .str(let name) = arguments[1].kind
        else { return nil }
        return CaseMapping(rawValue: name.description).map { .text($0) }
    }

    /// What the function gives of a value.
    ///
    /// - Throws: what it raises in Python; TypeError also for a value of whose class too little is
    ///   known.
    func callAsFunction(_ value: PickleValue) throws(Failure) -> PickleValue {
        switch form {
        case .items(let keys):
            return try Self.tuple(keys) { (key) throws(Failure) in try Self.item(key, of: value) }
        case .attributes(let paths):
            return try Self.tuple(paths) { (path) throws(Failure) in
                var value = value
                for name in path { value = try Self.attribute(name, of: value) }
                return value
            }
        case .text(let mapping):
            guard case .str(let text) = value.kind else {
                throw .type(
                    "descriptor '\(mapping.rawValue)' for 'str' objects doesn't apply to a"
                        + " '\(value.nameOfType)' object")
            }
            return .str(mapping(text))
        case .length: return try Self.length(of: value)
        case .magnitude: return try Self.magnitude(of: value)
        case .negation: return try Self.negation(of: value)
        case .string: return try Self.string(of: value)
        case .int: return try Self.int(of: value)
        case .float: return try Self.float(of: value)
        }
    }

    /// One value by itself, several in a tuple.
    private static func tuple<Part>(
        _ parts: [Part], _ get: (Part) throws(Failure) -> PickleValue
    ) throws(Failure) -> PickleValue {
        if parts.count == 1 { return try get(parts[0]) }
        var values: [PickleValue] = []
        for part in parts { values.append(try get(part)) }
        return .tuple(values)
    }

    static func refusal(_ what: String) -> Failure {
        .type("sort(key=…) is refused: \(what)")
    }
}

// MARK: - Parts of values

extension SortKeyFunction {
    private static func item(
        _ key: PickleValue, of value: PickleValue
    ) throws(Failure) -> PickleValue {
        switch value.kind {
        case .tuple(let items): return try item(key, among: items, "tuple")
        case .list(let items): return try item(key, among: items, "list")
        case .str(let text):
            let points = text.codePoints.map { PickleString(codePoint: $0) }
            return try item(key, among: points.map { .str($0) }, "string")
        case .bytes(let bytes):
            return try item(key, among: bytes.map { .int(Int($0)) }, "byte")
        case .dict(let items):
            guard let found = items.first(where: { $0.key == key }) else {
                throw Failure(missingKey: PickledValue(key))
            }
            return found.value
        // A named tuple, which is made of its items.
        case .object(let object)
        where object.construction == .newObject && object.argumentCount > 0
            && object.states.isEmpty:
            return try item(key, among: object.arguments, "tuple")
        case .object: throw refusal("what items a '\(value.nameOfType)' has is not known here")
        default: throw .type("'\(value.nameOfType)' object is not subscriptable")
        }
    }

    private static func item(
        _ key: PickleValue, among items: [PickleValue], _ kind: String
    ) throws(Failure) -> PickleValue {
        let index: Int
        switch key.kind {
        case .int(let number): index = number
        case .bool(let flag): index = flag ? 1 : 0
        case .bigInt: throw .index("cannot fit 'int' into an index-sized integer")
        default:
            throw .type("\(kind) indices must be integers or slices, not \(key.nameOfType)")
        }
        let place = index < 0 ? index + items.count : index
        guard items.indices.contains(place) else { throw .index("\(kind) index out of range") }
        return items[place]
    }

    /// An attribute that an instance's pickle tells.
    private static func attribute(
        _ name: PickleString, of value: PickleValue
    ) throws(Failure) -> PickleValue {
        guard case .object(let object) = value.kind else {
            let name = PickledValue(.str(name))
            var failure = Failure.attribute(value.nameOfType, name)
            failure.attributeName = name
            throw failure
        }
        for state in object.states {
            // Of `__dict__`, or of that and of slots.
            let parts = if case .tuple(let parts) = state.kind { parts } else { [state] }
            for part in parts {
                if case .dict(let items) = part.kind,
                    let found = items.first(where: { $0.key == .str(name) })
                {
                    return found.value
                }
            }
        }
        throw refusal("whether a '\(value.nameOfType)' has '\(name)' is not known here")
    }

    private static func length(of value: PickleValue) throws(Failure) -> PickleValue {
        switch value.kind {
        case .str(let text): return .int(text.codePoints.reduce(0) { count, _ in count + 1 })
        case .bytes(let bytes), .byteArray(let bytes): return .int(bytes.count)
        case .tuple(let items), .list(let items), .set(let items), .frozenset(let items):
            return .int(items.count)
        case .dict(let items): return .int(items.count)
        case .object: throw refusal("how long a '\(value.nameOfType)' is is not known here")
        default: throw .type("object of type '\(value.nameOfType)' has no len()")
        }
    }
}

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

    /// What ints and floats have.
    private static let numbersAttributes: Set<PickleString> = [
        "real", "imag", "numerator", "denominator",
    ]

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

    /// How many values the function gives of one.
    var width: Int {
        switch form {
        case .items(let keys): keys.count
        case .attributes(let paths): paths.count
        default: 1
        }
    }

    /// What the function gives of a value: one value, or those of a tuple.
    ///
    /// - Parameter fuel: pays for what is looked at and made.
    /// - Throws: what it raises in Python; TypeError also for a value of whose class too little is
    ///   known, ValueError where the fuel is used up.
    func row(
        of value: PickleValue, _ fuel: inout ComparisonFuel
    ) throws(Failure) -> [PickleValue] {
        do {
            try fuel.pay(cost(of: value))
        } catch {
            throw Failure(error)
        }
        switch form {
        case .items(let keys):
            var row: [PickleValue] = []
            for key in keys { row.append(try Self.item(key, of: value)) }
            return row
        case .attributes(let paths):
            var row: [PickleValue] = []
            for path in paths {
                var value = value
                for name in path { value = try Self.attribute(name, of: value) }
                row.append(value)
            }
            return row
        case .text(let mapping): return [.str(mapping(try Self.text(of: value, mapping)))]
        case .length: return [try Self.length(of: value)]
        case .magnitude: return [try Self.magnitude(of: value)]
        case .negation: return [try Self.negation(of: value)]
        case .string: return [try Self.string(of: value)]
        case .int: return [try Self.int(of: value)]
        case .float: return [try Self.float(of: value)]
        }
    }

    /// About a microsecond each, and no more than 32 bytes of what is kept.
    private func cost(of value: PickleValue) -> Int {
        switch form {
        case .items(let keys): keys.count * (value.byteCount / 256 + (value.dictCount ?? 0) / 32)
        case .attributes(let paths): paths.reduce(0) { $0 + $1.count }
        case .text: value.isASCII ? value.byteCount / 32 : value.byteCount / 4
        case .length: value.byteCount / 256
        case .magnitude, .negation, .string, .int, .float: value.byteCount / 16
        }
    }

    /// The text of a str, or of an instance of a class that is derived from it.
    private static func text(
        of value: PickleValue, _ mapping: CaseMapping
    ) throws(Failure) -> PickleString {
        if case .str(let text) = value.kind { return text }
        if case .object(let object) = value.kind, case .str(let text)? = object.base?.kind {
            return text
        }
        throw .type(
            "descriptor '\(mapping.rawValue)' for 'str' objects doesn't apply to a"
                + " '\(value.nameOfType)' object")
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
        if case .object(let slice) = key.kind, slice.isInstance(of: "builtins", "slice") {
            throw refusal("slices are not taken here")
        }
        if let count = value.sequenceCount {
            return value.item(at: try place(key, value.isTuple ? "tuple" : "list", count))
        }
        if let count = value.characterCount {
            return value.character(at: try place(key, "string", count))
        }
        if value.dictCount != nil {
            if let found = value.value(forKey: key) { return found }
            do {
                _ = try key.key()
            } catch {
                throw Failure(error)
            }
            throw Failure(missingKey: PickledValue(key))
        }
        switch value.kind {
        case .bytes(let bytes): return .int(Int(bytes[try place(key, "byte", bytes.count)]))
        case .byteArray(let bytes):
            return .int(Int(bytes[try place(key, "bytearray", bytes.count)]))
        // A named tuple, which is made of its items; one of a single item looks like an instance of
        // a class that is derived from str or tuple.
        case .object(let object)
        where object.construction == .newObject && object.argumentCount > 1
            && object.states.isEmpty:
            return object.arguments[try place(key, "tuple", object.argumentCount)]
        case .object: throw refusal("what items a '\(value.nameOfType)' has is not known here")
        default: throw .type("'\(value.nameOfType)' object is not subscriptable")
        }
    }

    /// Where an index is among so many items.
    private static func place(
        _ key: PickleValue, _ kind: String, _ count: Int
    ) throws(Failure) -> Int {
        let index: Int
        switch key.kind {
        case .int(let number): index = number
        case .bool(let flag): index = flag ? 1 : 0
        case .bigInt: throw .index("cannot fit 'int' into an index-sized integer")
        default:
            guard let number = key.index else {
                throw .type(
                    kind == "string"
                        ? "string indices must be integers, not '\(key.nameOfType)'"
                        : "\(kind) indices must be integers or slices, not \(key.nameOfType)")
            }
            index = number
        }
        let place = index < 0 ? index + count : index
        guard 0..<count ~= place else {
            throw .index(kind == "byte" ? "index out of range" : "\(kind) index out of range")
        }
        return place
    }

    /// An attribute that an instance's pickle tells.
    private static func attribute(
        _ name: PickleString, of value: PickleValue
    ) throws(Failure) -> PickleValue {
        guard case .object(let object) = value.kind else {
            if name.utf8.starts(with: "__".utf8) || numbersAttributes.contains(name) {
                throw refusal("the '\(name)' of a '\(value.nameOfType)' is not known here")
            }
            let name = PickledValue(.str(name))
            var failure = Failure.attribute(value.nameOfType, name)
            failure.attributeName = name
            throw failure
        }
        for state in object.states {
            // Of `__dict__`, or of that and of slots.
            var parts = [state]
            if case .tuple(let both) = state.kind, both.count == 2, both[1].dictCount != nil {
                parts = both
            }
            for part in parts {
                if let found = part.value(forKey: .str(name)) { return found }
            }
        }
        throw refusal("whether a '\(value.nameOfType)' has '\(name)' is not known here")
    }

    private static func length(of value: PickleValue) throws(Failure) -> PickleValue {
        if let count = value.sequenceCount ?? value.characterCount ?? value.dictCount {
            return .int(count)
        }
        switch value.kind {
        case .bytes(let bytes), .byteArray(let bytes): return .int(bytes.count)
        case .set(let items), .frozenset(let items): return .int(items.count)
        case .object: throw refusal("how long a '\(value.nameOfType)' is is not known here")
        default: throw .type("object of type '\(value.nameOfType)' has no len()")
        }
    }
}

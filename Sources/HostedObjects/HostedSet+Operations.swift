import Pickle

// Sets and other sets: operators take sets only, methods whatever can be gone through.
extension HostedSet {
    /// `own & other`, a new set of the left one's type.
    static func operation(
        _ name: String, _ operation: SetOperation, isReversed: Bool = false
    ) -> Method<HostedSet> {
        Method(name, .slot(1), .reads) { (state, arguments, call) throws(Failure) in
            guard let other = try arguments.otherSet() else {
                call.out.notImplemented()
                return .returned
            }
            let result =
                isReversed
                ? try operation(other.table, state.table) : try operation(state.table, other.table)
            call.out.set(result, isFrozen: isReversed && other.isFrozen)
            return .returned
        }
    }

    /// `own &= other`
    static func inPlaceOperation(
        _ name: String, _ operation: SetOperation
    ) -> Method<HostedSet> {
        Method(name, .slot(1)) { (state, arguments, call) throws(Failure) in
            guard let other = try arguments.otherSet() else {
                call.out.notImplemented()
                return .returned
            }
            try state.become(ElementTable(operation(state.table, other.table)), &call)
            try state.value(&call)
            return .returned
        }
    }

    /// `own < other`
    static func comparison(
        _ name: String,
        _ compare: @escaping @Sendable (ElementTable, ElementTable) throws(Failure) -> Bool
    ) -> Method<HostedSet> {
        Method(name, .slot(1), .reads) { (state, arguments, call) throws(Failure) in
            guard let other = try arguments.otherSet() else {
                call.out.notImplemented()
                return .returned
            }
            return call.return(try compare(state.table, other.table))
        }
    }

    /// `own.intersection(*others)`
    static func combination(
        _ name: String, _ operation: SetOperation, _ signature: Signature = anyNumber
    ) -> Method<HostedSet> {
        Method(name, signature, .reads) { (state, arguments, call) throws(Failure) in
            let result = try state.combined(operation, arguments, &call)
            call.out.set(result.elements, isFrozen: false)
            return .returned
        }
    }

    /// `own.intersection_update(*others)`
    static func update(
        _ name: String, _ operation: SetOperation, _ signature: Signature = anyNumber
    ) -> Method<HostedSet> {
        Method(name, signature) { (state, arguments, call) throws(Failure) in
            if case .or = operation {
                try state.add(arguments, &call)
            } else {
                try state.become(state.combined(operation, arguments, &call), &call)
            }
            return call.returnNone()
        }
    }

    /// `own.issubset(other)`
    static func test(
        _ name: String,
        _ test: @escaping @Sendable (ElementTable, ElementTable) throws(Failure) -> Bool
    ) -> Method<HostedSet> {
        Method(name, .one, .reads) { (state, arguments, call) throws(Failure) in
            guard let slice = arguments[0] else { throw .type("a set is missing") }
            let elements = try arguments.elements(slice, &call, own: state.elements)
            return call.return(try test(state.table, ElementTable(elements)))
        }
    }

    /// Any number of arguments, none by keyword.
    private static let anyNumber = Signature.positional(0...Int.max - 1)

    /// Adds what is in the arguments. What comes before an element that fails has been added; but
    /// where there is no room for all, nothing is.
    private func add(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        var others = try OtherElements(of: arguments)
        var more: [PickledValue] = []
        var failure: Failure?
        do throws(Failure) {
            while let next = try others.next(&call, own: elements) { more += next }
        } catch {
            failure = error
        }
        try table.check(more)
        for element in more { try table.insert(element) }
        if let failure { throw failure }
    }

    private func become(_ table: ElementTable, _ call: inout Call) throws(Failure) {
        try table.enter(call.memory, insteadOf: self.table)
        self.table = table
    }

    private func combined(
        _ operation: SetOperation, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> ElementTable {
        var result = try ElementTable(elements)
        var others = try OtherElements(of: arguments)
        while let other = try others.next(&call, own: elements) {
            switch operation {
            // Not a new table for each argument.
            case .or: for element in other { try result.insert(element) }
            case .minus: for element in other { _ = try result.remove(element) }
            case .and where !others.isSet(call):
                result = try ElementTable(
                    SetOperation.common(of: ElementTable(other), with: result))
            case .and, .xor: result = try ElementTable(operation(result, ElementTable(other)))
            }
        }
        return result
    }
}

extension ElementTable {
    func isSubset(of other: ElementTable) throws(Failure) -> Bool {
        guard count <= other.count else { return false }
        for element in elements where try !other.contains(element) { return false }
        return true
    }

    func isProperSubset(of other: ElementTable) throws(Failure) -> Bool {
        guard count < other.count else { return false }
        return try isSubset(of: other)
    }
}

extension Arguments {
    /// The first argument, which is looked for in a set: a set is looked for as a frozenset.
    func element() throws(Failure) -> PickledValue {
        let element = try value(at: 0)
        guard self[0]?.kind == .set || self[0]?.kind == .other,
            case .set(let items) = try element.decodedOrFailure().kind
        else { return element }
        return PickledValue(.frozenset(items))
    }

    /// The first argument, nil if it is no set.
    fileprivate func otherSet() throws(Failure) -> (table: ElementTable, isFrozen: Bool)? {
        let other = try value(at: 0).decodedOrFailure()
        var expansion = Expansion(of: other)
        switch other.kind {
        case .set(let items): return (try ElementTable(try expansion.items(items)), false)
        case .frozenset(let items): return (try ElementTable(try expansion.items(items)), true)
        default: return nil
        }
    }
}

/// What is in the arguments of a call, one after the other. All together may take no more memory
/// than one of them might alone.
private struct OtherElements {
    private let values: [PickleValue]
    private var expansion: Expansion
    private var index = 0

    init(of arguments: Arguments) throws(Failure) {
        var values: [PickleValue] = []
        for slice in arguments.positional { values.append(try arguments.decoded(slice)) }
        self.values = values
        expansion = Expansion(of: values)
    }

    /// Whether the last argument whose elements were given is a set, and not just gone through.
    func isSet(_ call: Call) -> Bool {
        let value = values[index - 1]
        switch value.kind {
        case .set, .frozenset: return true
        default:
            let id = value.proxyReference.flatMap { ObjectID($0.token.id) }
            return id.flatMap { call.table[$0] } is HostedSet
        }
    }

    /// The elements of the next argument, nil behind the last.
    ///
    /// - Parameter own: those of the object whose method is called.
    mutating func next(
        _ call: inout Call, own: @autoclosure () -> [PickledValue]
    ) throws(Failure) -> [PickledValue]? {
        guard index < values.count else { return nil }
        defer { index += 1 }
        let elements = try call.elements(of: values[index], &expansion, own: own())
        // Those of hosted objects, which have taken nothing, are gone through all the same.
        if index > 0 { try expansion.add(bytes: Expansion.visitSize * elements.count) }
        return elements
    }
}

extension BodyWriter {
    /// Writes a set or a frozenset.
    mutating func set(_ elements: [PickledValue], isFrozen: Bool) {
        if !isFrozen { append(.emptySet) }
        append(.mark)
        for element in elements { body(element) }
        append(isFrozen ? .frozenSet : .addItems)
    }
}

import Pickle

// Sets and other sets: operators take sets only, methods whatever can be gone through.
extension HostedSet {
    /// `own & other`, a new set of the left one's type.
    static func operation(
        _ name: String, _ operation: SetOperation, isReversed: Bool = false
    ) -> Method<HostedSet> {
        Method(name, .slot(1)) { (state, arguments, call) throws(Failure) in
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
            state.table = try ElementTable(operation(state.table, other.table))
            try state.value(&call)
            return .returned
        }
    }

    /// `own < other`
    static func comparison(
        _ name: String,
        _ compare: @escaping @Sendable (ElementTable, ElementTable) throws(Failure) -> Bool
    ) -> Method<HostedSet> {
        Method(name, .slot(1)) { (state, arguments, call) throws(Failure) in
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
        Method(name, signature) { (state, arguments, call) throws(Failure) in
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
                // What comes before an element that fails has been added.
                for slice in arguments.positional {
                    let elements = try arguments.elements(slice, &call, own: state.elements)
                    for element in elements { try state.table.insert(element) }
                }
            } else {
                state.table = try state.combined(operation, arguments, &call)
            }
            return call.returnNone()
        }
    }

    /// `own.issubset(other)`
    static func test(
        _ name: String,
        _ test: @escaping @Sendable (ElementTable, ElementTable) throws(Failure) -> Bool
    ) -> Method<HostedSet> {
        Method(name, .one) { (state, arguments, call) throws(Failure) in
            guard let slice = arguments[0] else { throw .type("a set is missing") }
            let elements = try arguments.elements(slice, &call, own: state.elements)
            return call.return(try test(state.table, ElementTable(elements)))
        }
    }

    /// Any number of arguments, none by keyword.
    private static let anyNumber = Signature.positional(0...Int.max - 1)

    private func combined(
        _ operation: SetOperation, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> ElementTable {
        var result = try ElementTable(elements)
        for slice in arguments.positional {
            let other = try arguments.elements(slice, &call, own: elements)
            result = try ElementTable(operation(result, ElementTable(other)))
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
        switch try value(at: 0).decodedOrFailure().kind {
        case .set(let items): (try ElementTable(items.map { PickledValue($0) }), false)
        case .frozenset(let items): (try ElementTable(items.map { PickledValue($0) }), true)
        default: nil
        }
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

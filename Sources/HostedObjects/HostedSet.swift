import Pickle

/// A shared set, which managers have since Python 3.14.
///
/// Its elements keep the order in which they came; `pop` takes the last.
final class HostedSet: HostedObject {
    static let typeName = "set"

    var table: ElementTable

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        guard arguments.keywords.isEmpty else { throw .type("set() takes no keyword arguments") }
        guard arguments.count <= 1 else {
            throw .type("set expected at most 1 argument, got \(arguments.count)")
        }
        let elements = try arguments[0].map { slice throws(Failure) in
            try arguments.elements(slice, &call)
        }
        table = try ElementTable(elements ?? [], call.memory)
    }

    /// In the order of CPython's SetProxy.
    static let methods = MethodTable<HostedSet>([
        operation("__and__", .and),
        Method("__class_getitem__", .one, .reads) { (_, arguments, call) throws(Failure) in
            try alias(arguments, &call)
        },
        Method("__contains__", .one, .reads) { (state, arguments, call) throws(Failure) in
            try call.return(state.table.contains(arguments.element()))
        },
        inPlaceOperation("__iand__", .and),
        inPlaceOperation("__ior__", .or),
        inPlaceOperation("__isub__", .minus),
        Method("__iter__", .slot(0), .reads) { (state, _, call) throws(Failure) in
            call.out.iterator(over: state.elements)
            return .returned
        },
        inPlaceOperation("__ixor__", .xor),
        Method("__len__", .slot(0), .reads) { (state, _, call) throws(Failure) in
            call.return(state.table.count)
        },
        operation("__or__", .or),
        operation("__rand__", .and, isReversed: true),
        operation("__ror__", .or, isReversed: true),
        operation("__rsub__", .minus, isReversed: true),
        operation("__rxor__", .xor, isReversed: true),
        operation("__sub__", .minus),
        operation("__xor__", .xor),
        comparison("__ge__") { (own, other) throws(Failure) in try other.isSubset(of: own) },
        comparison("__gt__") { (own, other) throws(Failure) in
            try other.isProperSubset(of: own)
        },
        comparison("__le__") { (own, other) throws(Failure) in try own.isSubset(of: other) },
        comparison("__lt__") { (own, other) throws(Failure) in
            try own.isProperSubset(of: other)
        },
        Method("add", .one) { (state, arguments, call) throws(Failure) in
            try state.table.insert(arguments.value(at: 0))
            return call.returnNone()
        },
        Method("clear", .none) { (state, _, call) throws(Failure) in
            state.table.removeAll()
            return call.returnNone()
        },
        Method("copy", .none, .reads) { (state, _, call) throws(Failure) in
            try state.value(&call)
            return .returned
        },
        combination("difference", .minus),
        update("difference_update", .minus),
        Method("discard", .one) { (state, arguments, call) throws(Failure) in
            _ = try state.table.remove(arguments.element())
            return call.returnNone()
        },
        combination("intersection", .and),
        update("intersection_update", .and),
        test("isdisjoint") { (own, other) throws(Failure) in
            try SetOperation.and(own, other).isEmpty
        },
        test("issubset") { (own, other) throws(Failure) in try own.isSubset(of: other) },
        test("issuperset") { (own, other) throws(Failure) in try other.isSubset(of: own) },
        Method("pop", .none) { (state, _, call) throws(Failure) in
            guard let element = state.table.removeLast() else {
                throw Failure("KeyError", "pop from an empty set")
            }
            return call.return(element)
        },
        Method("remove", .one) { (state, arguments, call) throws(Failure) in
            guard try state.table.remove(arguments.element()) else {
                throw Failure(missingKey: try arguments.value(at: 0))
            }
            return call.returnNone()
        },
        combination("symmetric_difference", .xor, .one),
        update("symmetric_difference_update", .xor, .one),
        combination("union", .or),
        update("update", .or),
    ])

    /// The elements.
    var elements: [PickledValue] { table.elements }

    func value(_ call: inout Call) throws(Failure) {
        call.out.set(elements, isFrozen: false)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        guard table.count > 0 else { return "set()" }
        return try Representation.join(
            elements.lazy.map { [$0] }, opening: "{", closing: "}", between: "")
    }

    var contents: [PickledValue] { elements }

    /// `set[argument]`, which classes have for annotations, and CPython exposes all the same.
    private static func alias(
        _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome {
        let argument = try arguments.value(at: 0)
        call.out.global("types", "GenericAlias")
        call.out.global("builtins", "set")
        call.out.body(argument)
        if arguments[0]?.kind != .tuple { call.out.append(.tuple1) }
        call.out.append(.tuple2)
        call.out.append(.reduce)
        return .returned
    }
}

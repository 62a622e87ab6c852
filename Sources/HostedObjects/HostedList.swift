import DequeModule
import Pickle

/// A shared list.
final class HostedList: HostedObject {
    static let typeName = "list"

    var items: Deque<PickledValue> = []

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        guard arguments.keywords.isEmpty else {
            throw .type("list() takes no keyword arguments")
        }
        guard arguments.count <= 1 else {
            throw .type("list expected at most 1 argument, got \(arguments.count)")
        }
        guard let slice = arguments[0] else { return }
        items = Deque(try arguments.elements(slice, &call))
    }

    /// In the order of CPython's ListProxy.
    static let methods = MethodTable<HostedList>([
        Method("__add__", .slot(1)) { (state, arguments, call) throws(Failure) in
            try state.add(arguments, &call)
        },
        Method("__contains__", .slot(1)) { (state, arguments, call) throws(Failure) in
            try call.return(state.firstIndex(of: arguments.needle(), in: state.wholeRange) != nil)
        },
        Method("__delitem__", .slot(1)) { (state, arguments, call) throws(Failure) in
            try state.delete(arguments)
            return call.returnNone()
        },
        Method("__getitem__", .one) { (state, arguments, call) throws(Failure) in
            try state.getItem(arguments, &call)
        },
        Method("__len__", .slot(0)) { (state, _, call) throws(Failure) in
            call.return(state.items.count)
        },
        Method("__mul__", .unpacked(1)) { (state, arguments, call) throws(Failure) in
            try state.multiply(arguments, &call)
        },
        Method("__reversed__", .none) { (state, _, call) throws(Failure) in
            state.writeReversed(&call)
            return .returned
        },
        Method("__rmul__", .unpacked(1)) { (state, arguments, call) throws(Failure) in
            try state.multiply(arguments, &call)
        },
        Method("__setitem__", .unpacked(2)) { (state, arguments, call) throws(Failure) in
            try state.setItem(arguments, &call)
            return call.returnNone()
        },
        Method("append", .one) { (state, arguments, call) throws(Failure) in
            state.items.append(try arguments.value(at: 0))
            return call.returnNone()
        },
        Method("count", .one) { (state, arguments, call) throws(Failure) in
            var needle = try arguments.needle()
            var count = 0
            for item in state.items where try needle.matches(item) { count += 1 }
            return call.return(count)
        },
        Method("extend", .one) { (state, arguments, call) throws(Failure) in
            guard let slice = arguments[0] else { return call.returnNone() }
            state.items += try arguments.elements(slice, &call, own: Array(state.items))
            return call.returnNone()
        },
        Method("index", .positional(1...3)) { (state, arguments, call) throws(Failure) in
            try call.return(state.index(arguments))
        },
        Method("insert", .positional(2...2)) { (state, arguments, call) throws(Failure) in
            let place = try arguments.place(at: 0, in: state.items.count)
            state.items.insert(try arguments.value(at: 1), at: place)
            return call.returnNone()
        },
        Method("pop", .positional(0...1)) { (state, arguments, call) throws(Failure) in
            call.return(try state.pop(arguments))
        },
        Method("remove", .one) { (state, arguments, call) throws(Failure) in
            try state.remove(arguments)
            return call.returnNone()
        },
        Method("reverse", .none) { (state, _, call) throws(Failure) in
            state.items.reverse()
            return call.returnNone()
        },
        Method("sort", .any) { (state, arguments, call) throws(Failure) in
            try state.sort(arguments)
            return call.returnNone()
        },
        Method("__imul__", .unpacked(1)) { (state, arguments, call) throws(Failure) in
            try state.multiplyInPlace(arguments)
            call.out.list(state.items)
            return .returned
        },
        Method("clear", .none, isListed: false) { (state, _, call) throws(Failure) in
            state.items.removeAll()
            return call.returnNone()
        },
        Method("copy", .none, isListed: false) { (state, _, call) throws(Failure) in
            call.out.list(state.items)
            return .returned
        },
    ])

    func value(_ call: inout Call) throws(Failure) {
        call.out.list(items)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        try Representation.join(
            items.lazy.map { [$0] }, opening: "[", closing: "]", between: "")
    }

    var contents: [PickledValue] { Array(items) }

    /// `iter(reversed(list))` with the place where it stands, as CPython pickles it.
    private func writeReversed(_ call: inout Call) {
        call.out.global("builtins", "reversed")
        call.out.list(items)
        call.out.append(.tuple1)
        call.out.append(.reduce)
        guard !items.isEmpty else { return }
        call.out.int(items.count - 1)
        call.out.append(.build)
    }
}

extension Arguments {
    /// The argument at a place, which the signature says is there, as it will be kept.
    func value(at index: Int) throws(Failure) -> PickledValue {
        guard let slice = self[index] else { throw .type("an argument is missing") }
        return try value(slice)
    }
}

import DequeModule
import Pickle

/// A shared list.
final class HostedList: HostedObject {
    static let typeName = "list"

    private(set) var items: Deque<PickledValue> = []
    private let memory: StoreMemory
    /// SAFETY: exclusive access is not checked at run time: one thread is at it, and each access
    /// ends before the next begins.
    @safe @exclusivity(unchecked) private var held: HeldItems

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        memory = call.memory
        held = HeldItems(memory)
        guard arguments.keywords.isEmpty else {
            throw .type("list() takes no keyword arguments")
        }
        guard arguments.count <= 1 else {
            throw .type("list expected at most 1 argument, got \(arguments.count)")
        }
        guard let slice = arguments[0] else { return }
        try append(contentsOf: try arguments.elements(slice, &call, areKept: true))
    }

    /// In the order of CPython's ListProxy.
    static let methods = MethodTable<HostedList>([
        Method("__add__", .slot(1), .reads) { (state, arguments, call) throws(Failure) in
            try state.add(arguments, &call)
        },
        Method("__contains__", .slot(1), .reads) { (state, arguments, call) throws(Failure) in
            try call.return(state.firstIndex(of: arguments.needle(), in: state.wholeRange) != nil)
        },
        Method("__delitem__", .slot(1)) { (state, arguments, call) throws(Failure) in
            try state.delete(arguments)
            return call.returnNone()
        },
        Method("__getitem__", .one, .reads) { (state, arguments, call) throws(Failure) in
            try state.getItem(arguments, &call)
        },
        Method("__len__", .slot(0), .reads) { (state, _, call) throws(Failure) in
            call.return(state.items.count)
        },
        Method("__mul__", .unpacked(1), .reads) { (state, arguments, call) throws(Failure) in
            try state.multiply(arguments, &call)
        },
        Method("__reversed__", .none, .reads) { (state, _, call) throws(Failure) in
            state.writeReversed(&call)
            return .returned
        },
        Method("__rmul__", .unpacked(1), .reads) { (state, arguments, call) throws(Failure) in
            try state.multiply(arguments, &call)
        },
        Method("__setitem__", .unpacked(2)) { (state, arguments, call) throws(Failure) in
            try state.setItem(arguments, &call)
            return call.returnNone()
        },
        Method("append", .one) { (state, arguments, call) throws(Failure) in
            try state.insert(try arguments.value(at: 0), at: state.items.count)
            return call.returnNone()
        },
        Method("count", .one, .reads) { (state, arguments, call) throws(Failure) in
            var needle = try arguments.needle()
            var count = 0
            for item in state.items where try needle.matches(item) { count += 1 }
            return call.return(count)
        },
        Method("extend", .one) { (state, arguments, call) throws(Failure) in
            guard let slice = arguments[0] else { return call.returnNone() }
            try state.append(
                contentsOf: try arguments.elements(
                    slice, &call, own: Array(state.items), areKept: true))
            return call.returnNone()
        },
        Method("index", .positional(1...3), .reads) { (state, arguments, call) throws(Failure) in
            try call.return(state.index(arguments))
        },
        Method("insert", .positional(2...2)) { (state, arguments, call) throws(Failure) in
            let place = try arguments.place(at: 0, in: state.items.count)
            try state.insert(try arguments.value(at: 1), at: place)
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
            state.reorder { $0.reverse() }
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
            state.removeAll()
            return call.returnNone()
        },
        Method("copy", .none, .reads, isListed: false) { (state, _, call) throws(Failure) in
            call.out.list(state.items)
            return .returned
        },
    ])

    // MARK: Changing

    /// How many bytes the items take.
    var byteCount: Int { held.byteCount }

    /// Puts an item at a place, before what stands there.
    ///
    /// - Throws: MemoryError, where there is no room for it.
    func insert(_ item: PickledValue, at place: Int) throws(Failure) {
        let count = items.count + 1
        try memory.check(elements: count)
        try held.change(bytes: item.heldSize, count: count)
        if place == items.count { items.append(item) } else { items.insert(item, at: place) }
    }

    /// - Throws: MemoryError, where there is no room for all of them.
    func append(contentsOf more: [PickledValue]) throws(Failure) {
        try replace(items.count..<items.count, by: more)
    }

    /// - Throws: MemoryError, where there is no room for all of them.
    func replace(_ range: Range<Int>, by new: [PickledValue]) throws(Failure) {
        let count = items.count - range.count + new.count
        try memory.check(elements: count)
        try held.change(bytes: new.heldSize - items[range].heldSize, count: count)
        items.replaceSubrange(range, with: new)
        if held.hasSpareRoom(for: items.count) { held.trim(&items) }
    }

    /// Puts items instead of those that stand at these places.
    ///
    /// - Throws: MemoryError, where there is no room for all of them.
    func replace(_ places: some Sequence<Int>, by new: [PickledValue]) throws(Failure) {
        let old = zip(places, new).reduce(0) { $0 + items[$1.0].heldSize }
        try held.change(bytes: new.heldSize - old, count: items.count)
        for (place, item) in zip(places, new) { items[place] = item }
    }

    /// Takes out an item.
    func remove(at place: Int) -> PickledValue {
        let item = items.remove(at: place)
        held.add(bytes: -item.heldSize, count: items.count)
        if held.hasSpareRoom(for: items.count) { held.trim(&items) }
        return item
    }

    /// Leaves these items only, which are some of those that there are.
    func keep(_ kept: Deque<PickledValue>) {
        held.add(bytes: kept.heldSize - items.heldSize, count: kept.count)
        items = kept
        if held.hasSpareRoom(for: items.count) { held.trim(&items) }
    }

    /// Removes all items.
    func removeAll() { keep([]) }

    /// Brings the items into another order.
    func reorder(_ body: (inout Deque<PickledValue>) -> Void) { body(&items) }

    /// Appends the items to themselves, until they are there so many times.
    ///
    /// - Throws: MemoryError, where there is no room for that.
    func repeatItems(_ times: Int) throws(Failure) {
        let once = items
        try memory.check(elements: once.count * times)
        try held.change(bytes: once.heldSize * (times - 1), count: once.count * times)
        items.reserveCapacity(once.count * times)
        for _ in 1..<times { items += once }
    }

    // MARK: Looking

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

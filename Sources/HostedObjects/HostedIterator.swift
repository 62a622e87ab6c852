import Pickle

/// An iterator over a hosted dict's keys, as `iter(proxy)` makes it.
final class HostedIterator: HostedObject {
    static let typeName = "dict_keyiterator"

    private let table: DictTable
    /// How many entries the dict had when the iteration began; nil once it is over.
    private var expectedCount: Int?
    private var place = 0

    init(keysOf table: DictTable) {
        self.table = table
        expectedCount = table.count
    }

    /// Clients get iterators from `__iter__` only.
    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        throw .type("cannot create 'Iterator' instances")
    }

    static let methods = MethodTable<HostedIterator>([
        Method("__next__", .slot(0)) { (state, _, call) throws(Failure) in
            try state.next(&call)
        },
        // A dict's iterator is no generator; CPython exposes these names all the same.
        Method("send", .any) { (_, _, _) throws(Failure) in throw absent("send") },
        Method("throw", .any) { (_, _, _) throws(Failure) in throw absent("throw") },
        Method("close", .any) { (_, _, _) throws(Failure) in throw absent("close") },
    ])

    func value(_ call: inout Call) throws(Failure) {
        let rest = (place..<table.endPlace).compactMap { table[$0]?.keyValue }
        call.out.iterator(over: rest)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<dict_keyiterator object at 0x\(call.object.ident)>"
    }

    private func next(_ call: inout Call) throws(Failure) -> Outcome {
        guard let expectedCount else { throw Failure(module: "builtins", name: "StopIteration") }
        guard expectedCount == table.count else {
            // Python's iterator stays broken too.
            self.expectedCount = -1
            throw .runtime("dictionary changed size during iteration")
        }
        guard let key = step() else {
            self.expectedCount = nil
            throw Failure(module: "builtins", name: "StopIteration")
        }
        return call.return(key)
    }

    private func step() -> PickledValue? {
        while place < table.endPlace {
            defer { place += 1 }
            if let record = table[place] { return record.keyValue }
        }
        return nil
    }

    private static func absent(_ name: String) -> Failure {
        Failure(missingKey: .str(name)).asTraceback()
    }
}

extension BodyWriter {
    /// Writes `iter([…])`, as which Python pickles its iterators.
    mutating func iterator(over items: some Collection<PickledValue>) {
        global("builtins", "iter")
        list(items)
        append(.tuple1)
        append(.reduce)
    }

    /// Writes what an operator returns that does not know the other operand.
    mutating func notImplemented() { global("builtins", "NotImplemented") }
}

import Pickle

/// An iterator over a hosted dict's keys, as `iter(proxy)` makes it.
final class HostedIterator: HostedObject {
    static let typeName = "dict_keyiterator"
    /// CPython's typeid of everything that is stepped through by calls.
    static let typeid = "Iterator"

    private let table: DictTable
    /// How many entries the dict had when the iteration began; nil once it is over.
    private var expectedCount: Int?
    private var place = 0
    /// How many keys it may still give.
    private var left: Int

    init(keysOf table: DictTable) {
        self.table = table
        expectedCount = table.count
        left = table.count
    }

    /// Clients get iterators from `__iter__` only.
    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        throw .type("cannot create 'Iterator' instances")
    }

    static let methods = MethodTable<HostedIterator>([
        Method("__next__", .slot(0), .reads) { (state, _, call) throws(Failure) in
            try state.next(&call)
        },
        // A dict's iterator is no generator; CPython exposes these names all the same.
        Method("send", .any, .reads) { (_, _, _) throws(Failure) in throw absent("send") },
        Method("throw", .any, .reads) { (_, _, _) throws(Failure) in throw absent("throw") },
        Method("close", .any, .reads) { (_, _, _) throws(Failure) in throw absent("close") },
    ])

    func value(_ call: inout Call) throws(Failure) {
        guard let expectedCount else { return call.out.iterator(over: []) }
        let rest = (place..<max(place, table.endPlace)).compactMap { table[$0]?.keyValue }
        guard expectedCount == table.count, rest.count <= left else {
            var failure = expectedCount == table.count ? Self.keysChanged : Self.changed
            failure.form = .unserializable
            throw failure
        }
        call.out.iterator(over: rest)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<dict_keyiterator object at 0x\(call.object.ident)>"
    }

    private static let changed = Failure.runtime("dictionary changed size during iteration")

    /// A key was found where none was expected any more.
    private static let keysChanged = Failure.runtime("dictionary keys changed during iteration")

    private func next(_ call: inout Call) throws(Failure) -> Outcome {
        guard let key = try next() else {
            throw Failure(module: "builtins", name: "StopIteration")
        }
        return call.return(key)
    }

    /// The next key; nil at the end.
    func next() throws(Failure) -> PickledValue? {
        guard let expectedCount else { return nil }
        guard expectedCount == table.count else {
            // Python's iterator stays broken too.
            self.expectedCount = -1
            throw Self.changed
        }
        guard let key = step() else {
            self.expectedCount = nil
            return nil
        }
        guard left > 0 else {
            self.expectedCount = nil
            throw Self.keysChanged
        }
        left -= 1
        return key
    }

    /// Whether it goes through this dict.
    func isOver(_ other: DictTable) -> Bool { table === other }

    /// The dict gets another size: it gives nothing more, and says why.
    func breakOff() -> Failure {
        expectedCount = -1
        return Self.changed
    }

    /// All keys that are left, which it will not give any more.
    func takeRest() throws(Failure) -> [PickledValue] {
        var keys: [PickledValue] = []
        while let key = try next() { keys.append(key) }
        return keys
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

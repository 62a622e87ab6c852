import Pickle

/// The elements of a set, in the order in which they came, found by Python's equality: the keys of
/// a dict without values. As its table it belongs to one set.
final class ElementTable {
    private let table: DictTable

    /// - Parameter memory: where it is counted what the elements take; nil for a table that is made
    ///   for one reply.
    /// - Throws: TypeError for what Python cannot hash, MemoryError for what there is no room for.
    init(
        _ elements: some Sequence<PickledValue>, _ memory: StoreMemory? = nil
    ) throws(Failure) {
        table = DictTable(memory)
        for element in elements { try insert(element) }
    }

    /// Counts what has been counted for nobody, instead of what a set takes that goes then.
    ///
    /// - Throws: MemoryError, where there is no room for it.
    func enter(_ memory: StoreMemory, insteadOf other: ElementTable) throws(Failure) {
        try table.enter(memory, insteadOf: other.table)
    }

    var count: Int { table.count }

    /// The elements.
    var elements: [PickledValue] { table.entries.map(\.keyValue) }

    func contains(_ element: PickledValue) throws(Failure) -> Bool {
        try DictKey.with(element) { (key) throws(Failure) in table.find(key) != nil }
    }

    func insert(_ element: PickledValue) throws(Failure) {
        try DictKey.with(element) { (key) throws(Failure) in
            guard table.find(key) == nil else { return }
            try table.set(key, Self.nothing) { () throws(Failure) in element.body }
        }
    }

    /// How many bytes the elements take.
    var byteCount: Int { table.byteCount }

    /// - Throws: MemoryError, where there is no room for all of these.
    func check(_ elements: [PickledValue]) throws(Failure) {
        try table.check(elements.lazy.map { (key: $0, value: Self.nothing) })
    }

    private static let nothing = PickledValue(body: [])

    /// - Returns: whether it was there.
    func remove(_ element: PickledValue) throws(Failure) -> Bool {
        try DictKey.with(element) { (key) throws(Failure) in table.remove(key) != nil }
    }

    /// Removes the element that came last, nil if there is none.
    func removeLast() -> PickledValue? { table.removeLast()?.key }

    func removeAll() { table.removeAll() }
}

/// What two sets are combined to.
enum SetOperation {
    case and, or, minus, xor

    /// The elements of the combination.
    func callAsFunction(
        _ left: ElementTable, _ right: ElementTable
    ) throws(Failure) -> [PickledValue] {
        switch self {
        // Of two equal elements that differ, that of the smaller set, which CPython goes through.
        case .and:
            left.count < right.count
                ? try Self.common(of: left, with: right) : try Self.common(of: right, with: left)
        case .minus: try Self.rest(of: left, without: right)
        case .or: left.elements + (try Self.rest(of: right, without: left))
        case .xor:
            try Self.rest(of: left, without: right) + (try Self.rest(of: right, without: left))
        }
    }

    /// The elements of one set that are in another.
    static func common(
        of table: ElementTable, with other: ElementTable
    ) throws(Failure) -> [PickledValue] {
        try filter(table) { (it) throws(Failure) in try other.contains(it) }
    }

    private static func rest(
        of table: ElementTable, without other: ElementTable
    ) throws(Failure) -> [PickledValue] {
        try filter(table) { (it) throws(Failure) in try !other.contains(it) }
    }

    private static func filter(
        _ table: ElementTable, _ isWanted: (PickledValue) throws(Failure) -> Bool
    ) throws(Failure) -> [PickledValue] {
        var wanted: [PickledValue] = []
        for element in table.elements where try isWanted(element) { wanted.append(element) }
        return wanted
    }
}

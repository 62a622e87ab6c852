import Pickle

/// How much memory a request may still take where a value in it is gone through: `extend(value)`,
/// `update(value)`, `*args`.
///
/// A small pickle may stand for many items, `range(1 << 40)`, or for large ones that are one and
/// the same: each becomes a value of its own here.
struct Expansion {
    /// What an item takes besides its body, in bytes: its place in the list and the head of its
    /// memory.
    static let itemSize = 56
    /// What a part of an item counts for besides, in bytes, because it takes time to write.
    static let partSize = 32
    /// What going through an element counts for that takes no memory, in bytes: so that a call
    /// takes seconds at the most.
    static let visitSize = 128
    /// How many iterators may be iterated over by one another.
    static let depthLimit = 100

    private var left: Int
    private var depth = 0

    /// - Parameter limit: in bytes.
    init(limit: Int) {
        left = limit
    }

    /// What may be made of a value's parts, or of those of several values together: as much as of
    /// the largest.
    init(of values: PickleValue...) {
        self.init(of: values)
    }

    init(of values: [PickleValue]) {
        let size = values.map(\.pickleSize).max() ?? 0
        self.init(limit: max(StoreLimits.expansion, StoreLimits.expansionFactor * size))
    }

    /// Makes an item of a value.
    ///
    /// - Throws: MemoryError where there are too many, or too large ones.
    mutating func item(_ value: PickleValue) throws(Failure) -> PickledValue {
        var visits = 0
        let item = PickledValue(value, visits: &visits)
        try add(bytes: visits * Self.partSize)
        return try add(item)
    }

    /// Takes an item into account.
    mutating func add(_ item: PickledValue) throws(Failure) -> PickledValue {
        try add(bytes: item.isShared ? 8 : Self.itemSize + item.body.count)
        return item
    }

    /// Takes items into account that have not been made yet.
    func check(items count: UInt) throws(Failure) {
        guard count <= UInt(left / Self.itemSize) else { throw Self.failure }
    }

    /// Takes so many bytes into account.
    mutating func add(bytes: Int) throws(Failure) {
        left -= bytes
        guard left >= 0 else { throw Self.failure }
    }

    /// Goes through an iterator's own iterable.
    mutating func inside<Result>(
        _ body: (inout Expansion) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard depth < Self.depthLimit else {
            throw Failure("RecursionError", "over the limit: \(Self.depthLimit) iterators")
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    /// Makes an item of each value.
    mutating func items(_ values: [PickleValue]) throws(Failure) -> [PickledValue] {
        var items: [PickledValue] = []
        items.reserveCapacity(values.count)
        for value in values { items.append(try item(value)) }
        return items
    }

    /// Makes a key and a value of each entry.
    mutating func entries(
        _ values: [(key: PickleValue, value: PickleValue)]
    ) throws(Failure) -> [(key: PickledValue, value: PickledValue)] {
        var entries: [(key: PickledValue, value: PickledValue)] = []
        for (key, value) in values {
            let key = try item(key)
            entries.append((key, try item(value)))
        }
        return entries
    }

    private static let failure = Failure.overLimit(
        .expansion, "\(StoreLimits.expansion) bytes of items")
}

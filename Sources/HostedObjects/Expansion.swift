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
    /// Where graphs are counted, if items that share parts go on sharing them; else each becomes
    /// one that stands alone.
    private var stranded: StrandedBytes?

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

    /// The same for items that are kept together in an object: what they share they go on sharing.
    ///
    /// - Parameter memory: the object's; nil where each item will stand alone.
    init(of value: PickleValue, keptIn memory: StoreMemory?) {
        self.init(of: value)
        stranded = memory?.stranded
    }

    /// Items that stand in a hosted object, for who takes them over.
    mutating func takeOver(_ items: [PickledValue]) throws(Failure) -> [PickledValue] {
        guard stranded == nil, items.contains(where: { $0.part != nil }) else { return items }
        var alone: [PickledValue] = []
        alone.reserveCapacity(items.count)
        for item in items {
            guard let part = item.part else {
                alone.append(item)
                continue
            }
            alone.append(try self.item(part.value))
        }
        return alone
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
        try add(bytes: item.isShared ? 8 : item.part?.heldSize ?? Self.itemSize + item.body.count)
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
    ///
    /// - Parameter standingAlone: whether what that gives becomes part of other items.
    mutating func inside<Result>(
        standingAlone: Bool = false,
        _ body: (inout Expansion) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard depth < Self.depthLimit else {
            throw Failure("RecursionError", "over the limit: \(Self.depthLimit) iterators")
        }
        let before = stranded
        if standingAlone { stranded = nil }
        depth += 1
        defer {
            depth -= 1
            stranded = before
        }
        return try body(&self)
    }

    /// Makes an item of each value.
    mutating func items(_ values: [PickleValue]) throws(Failure) -> [PickledValue] {
        let shared = stranded.map { PickledValue.sharing(values, $0) }
        var items: [PickledValue] = []
        items.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            if let part = shared?[index] {
                items.append(try add(part))
            } else {
                items.append(try item(value))
            }
        }
        return items
    }

    /// Makes a key and a value of each entry.
    mutating func entries(
        _ values: [(key: PickleValue, value: PickleValue)]
    ) throws(Failure) -> [(key: PickledValue, value: PickledValue)] {
        let items = try items(values.map(\.value))
        var entries: [(key: PickledValue, value: PickledValue)] = []
        entries.reserveCapacity(values.count)
        for (index, item) in items.enumerated() {
            entries.append((try self.item(values[index].key), item))
        }
        return entries
    }

    private static let failure = Failure.overLimit(
        .expansion, "\(StoreLimits.expansion) bytes of items")
}

/// What is to happen at a time, each under a key, of which some may be taken out or put off: a heap
/// with known places.
struct DeadlineTable<Key: Comparable & Hashable & Sendable, Value: Sendable>: Sendable {
    struct Entry: Sendable {
        let deadline: Instant
        let key: Key
        let value: Value
    }

    var heap: [Entry] = []
    private var places: [Key: Int] = [:]

    @inline(__always)
    var isEmpty: Bool { heap.isEmpty }

    var count: Int { heap.count }

    /// When the first of them is due.
    var next: Instant? { heap.first?.deadline }

    /// What stands under a key.
    subscript(_ key: Key) -> Value? { places[key].map { heap[$0].value } }

    /// When that is due which stands under a key.
    func deadline(of key: Key) -> Instant? { places[key].map { heap[$0].deadline } }

    /// Puts in what is due at a time, in place of what stood under its key.
    mutating func set(_ key: Key, _ value: Value, at deadline: Instant) {
        remove(key)
        insertEntry(Entry(deadline: deadline, key: key, value: value))
    }

    /// Takes out what stands under a key, if anything does.
    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let index = places.removeValue(forKey: key) else { return nil }
        let removed = heap[index].value
        removeEntry(at: index)
        return removed
    }

    /// Takes out what is due first, if it is due by now.
    mutating func takeDue(at now: Instant) -> (key: Key, value: Value)? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        remove(first.key)
        return (first.key, first.value)
    }
}

extension DeadlineTable: PlacedHeap {
    /// Ties go by the key, so that the order of events is one and the same in every replay.
    func precedes(_ left: Entry, _ right: Entry) -> Bool {
        (left.deadline, left.key) < (right.deadline, right.key)
    }

    mutating func place(_ entry: Entry, at index: Int) {
        heap[index] = entry
        places[entry.key] = index
    }
}

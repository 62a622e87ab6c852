/// What is to happen at a time, each under a key, of which some may be taken out or put off: a heap
/// with known places.
struct DeadlineTable<Key: Comparable & Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var deadline: Instant
        let key: Key
        let value: Value
    }

    private var heap: [Entry] = []
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
        heap.append(Entry(deadline: deadline, key: key, value: value))
        places[key] = heap.count - 1
        rise(from: heap.count - 1)
    }

    /// Takes out what stands under a key, if anything does.
    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let index = places.removeValue(forKey: key) else { return nil }
        let removed = heap[index].value
        let last = heap.removeLast()
        guard index < heap.count else { return removed }
        place(last, at: index)
        rise(from: index)
        sink(from: index)
        return removed
    }

    /// Takes out what is due first, if it is due by now.
    mutating func takeDue(at now: Instant) -> (key: Key, value: Value)? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        remove(first.key)
        return (first.key, first.value)
    }

    /// Ties go by the key, so that the order of events is one and the same in every replay.
    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (heap[left].deadline, heap[left].key) < (heap[right].deadline, heap[right].key)
    }

    private mutating func place(_ entry: Entry, at index: Int) {
        heap[index] = entry
        places[entry.key] = index
    }

    private mutating func rise(from start: Int) {
        var index = start
        while index > 0, precedes(index, (index - 1) / 2) {
            swap(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < heap.count && precedes(child, least) {
                least = child
            }
            guard least != index else { return }
            swap(index, least)
            index = least
        }
    }

    private mutating func swap(_ first: Int, _ second: Int) {
        let entry = heap[first]
        place(heap[second], at: first)
        place(entry, at: second)
    }
}

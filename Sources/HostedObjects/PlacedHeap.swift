/// A binary heap whose entries are told their places, so that any of them may be taken out.
///
/// The array itself belongs to whoever has the heap.
protocol PlacedHeap {
    associatedtype Entry

    var heap: [Entry] { get set }

    func precedes(_ left: Entry, _ right: Entry) -> Bool

    /// Puts an entry at a place that there is, and tells it.
    mutating func place(_ entry: Entry, at index: Int)
}

extension PlacedHeap {
    mutating func insertEntry(_ entry: Entry) {
        heap.append(entry)
        place(entry, at: heap.count - 1)
        rise(from: heap.count - 1)
    }

    mutating func removeEntry(at index: Int) {
        let last = heap.removeLast()
        guard index < heap.count else { return }
        place(last, at: index)
        rise(from: index)
        sink(from: index)
    }

    private mutating func rise(from start: Int) {
        var index = start
        while index > 0, precedes(heap[index], heap[(index - 1) / 2]) {
            swap(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < heap.count && precedes(heap[child], heap[least]) {
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

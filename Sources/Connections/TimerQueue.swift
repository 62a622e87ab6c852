/// Deadlines in order, with what is due at each: pure, a binary heap.
struct TimerQueue<Payload> {
    /// Names a timer, to cancel it.
    struct ID: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        let deadline: Int64
        let id: ID
    }

    /// The first is never one that was cancelled: it is looked at often.
    private var heap: [Entry] = []
    private var payloads: [ID: Payload] = [:]
    private var nextNumber: UInt64 = 0

    /// How many timers run.
    var count: Int { payloads.count }

    /// The earliest deadline.
    var earliest: Int64? { heap.first?.deadline }

    mutating func add(deadline: Int64, _ payload: Payload) -> ID {
        let id = ID(number: nextNumber)
        nextNumber += 1
        payloads[id] = payload
        heap.append(Entry(deadline: deadline, id: id))
        siftUp(heap.count - 1)
        return id
    }

    /// Stops a timer; one that is over is no matter.
    ///
    /// - Returns: what it had.
    @discardableResult
    mutating func cancel(_ id: ID) -> Payload? {
        guard let payload = payloads.removeValue(forKey: id) else { return nil }
        // Cancelled entries stay in the heap until they come up, or are the greater part of it.
        if heap.count > 64, heap.count > 2 * payloads.count {
            heap.removeAll { payloads[$0.id] == nil }
            heap.sort(by: Self.precedes)
        } else {
            dropCancelled()
        }
        return payload
    }

    /// Takes the next timer that is due.
    mutating func popDue(now: Int64) -> Payload? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        removeFirst()
        dropCancelled()
        return payloads.removeValue(forKey: first.id)
    }

    private mutating func dropCancelled() {
        while let first = heap.first, payloads[first.id] == nil { removeFirst() }
    }

    private static func precedes(_ first: Entry, _ second: Entry) -> Bool {
        (first.deadline, first.id.number) < (second.deadline, second.id.number)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(0)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.precedes(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && Self.precedes(heap[child], heap[least]) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

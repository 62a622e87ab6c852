/// A queue whose elements have places, so that one in the middle can be changed or taken out.
/// Places grow; the place of an element that was taken out may be given again.
///
/// Inlinable, for it is used in other modules for each message.
package struct FIFO<Element> {
    // Holes are nil; the first and the last in use are never holes.
    @usableFromInline var storage: [Element?] = []
    @usableFromInline var head = 0
    @usableFromInline var removed = 0
    /// How many elements there are.
    @usableFromInline package private(set) var count = 0

    @inlinable package init() {}

    @inlinable package var isEmpty: Bool { count == 0 }
    @inlinable package var first: Element? { isEmpty ? nil : storage[head] }
    /// From the place of the first element to the next place to be given.
    @inlinable package var places: Range<Int> { removed + head..<removed + storage.count }

    /// Appends an element.
    ///
    /// - Returns: its place.
    @inlinable
    @discardableResult
    package mutating func append(_ element: Element) -> Int {
        storage.append(element)
        count += 1
        return removed + storage.count - 1
    }

    @inlinable
    package mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        return remove(place: removed + head)
    }

    /// Takes an element out, wherever it is; nil when it has gone.
    @inlinable
    @discardableResult
    package mutating func remove(place: Int) -> Element? {
        guard let element = self[place] else { return nil }
        storage[place - removed] = nil
        count -= 1
        trim()
        return element
    }

    /// The element at a place; nil for one that has gone.
    @inlinable package subscript(place: Int) -> Element? {
        places.contains(place) ? storage[place - removed] : nil
    }

    /// Puts another element in the place of one that is still there.
    mutating func replace(place: Int, with element: Element) {
        guard self[place] != nil else { return }
        storage[place - removed] = element
    }

    @usableFromInline mutating func trim() {
        if isEmpty {
            removed += storage.count
            head = 0
            storage.removeAll(keepingCapacity: storage.count <= 64)
            return
        }
        while head < storage.count, storage[head] == nil { head += 1 }
        while let last = storage.last, last == nil { storage.removeLast() }
        if head > 64, head > storage.count / 2 {
            storage.removeFirst(head)
            removed += head
            head = 0
        }
    }
}

extension FIFO: Sendable where Element: Sendable {}

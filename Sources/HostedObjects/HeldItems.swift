import DequeModule
import Pickle

/// What the items of a list or a queue take, and the room that there is for them.
struct HeldItems: ~Copyable {
    /// What a place for an item takes, in bytes: a deque that grows has half as many more.
    private static let placeSize = 24
    /// From how many places on room is given back that is not used any more.
    private static let leastPlaces = 1024

    private var held: HeldBytes
    /// For how many items there is room, or will be.
    private var places = 0

    init(_ memory: StoreMemory) {
        held = HeldBytes(memory)
    }

    /// How many bytes they take.
    var byteCount: Int { held.count }

    /// - Parameter count: how many items there will be.
    /// - Throws: MemoryError, where so many bytes more, with so many items, are too many.
    func check(bytes: Int, count: Int) throws(Failure) {
        try held.check(bytes + newPlaces(count) * Self.placeSize)
    }

    /// Counts bytes more, or less, for so many items as there will be.
    ///
    /// - Throws: MemoryError, where they are too many; then nothing is to be changed.
    mutating func change(bytes: Int, count: Int) throws(Failure) {
        try held.change(by: bytes + newPlaces(count) * Self.placeSize)
        places = max(places, count)
    }

    /// The same without a limit.
    mutating func add(bytes: Int, count: Int) {
        held.add(bytes + newPlaces(count) * Self.placeSize)
        places = max(places, count)
    }

    private func newPlaces(_ count: Int) -> Int { max(0, count - places) }

    /// Whether most items have left, so that their room should be given back.
    @inline(__always)
    func hasSpareRoom(for count: Int) -> Bool {
        places >= Self.leastPlaces && count < places / 8
    }

    /// Gives back the room that items have left.
    mutating func trim<Item>(_ items: inout Deque<Item>) {
        var kept = Deque<Item>(minimumCapacity: items.count)
        kept.append(contentsOf: items)
        items = kept
        held.add((items.count - places) * Self.placeSize)
        places = items.count
    }
}

extension Sequence<PickledValue> {
    /// How many bytes they take where they are kept, besides their places.
    var heldSize: Int { reduce(0) { $0 + $1.heldSize } }
}

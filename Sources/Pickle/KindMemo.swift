/// What kind of object each memo entry of a request is, so that a reference is used as one.
struct KindMemo {
    private var kinds: [PickleSlice.Kind] = []

    /// Remembers an object under the next number.
    @inline(__always)
    mutating func append(_ kind: PickleSlice.Kind) { kinds.append(kind) }

    /// Remembers an object under a number; false where numbers before it were left out.
    mutating func put(_ kind: PickleSlice.Kind, at index: Int) -> Bool {
        if index == kinds.count {
            kinds.append(kind)
            return true
        }
        guard kinds.indices.contains(index) else { return false }
        kinds[index] = kind
        return true
    }

    /// The kind of the object of that number, nil if there is none.
    subscript(_ index: Int) -> PickleSlice.Kind? {
        kinds.indices.contains(index) ? kinds[index] : nil
    }

    mutating func removeAll() {
        kinds.removeAll(keepingCapacity: kinds.capacity <= 1 << 16)
    }
}

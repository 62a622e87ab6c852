import Pickle

/// The places of a list that a slice means: `start`, `start + step`, …, `count` of them.
struct SliceRange: Hashable {
    let start: Int
    let step: Int
    let count: Int

    var places: some Sequence<Int> {
        let (start, step) = (start, step)
        // A step may be as large as an Int; it is not taken beyond the last place.
        return (0..<count).lazy.map { start + $0 * step }
    }

    /// The same places from the first to the last.
    var ascending: SliceRange {
        guard count > 0, step < 0 else { return self }
        return SliceRange(start: start + (count - 1) * step, step: -step, count: count)
    }
}

/// A `slice(start, stop, step)` whose bounds do not know a length yet.
///
/// Source: CPython's `PySlice_Unpack` and `PySlice_AdjustIndices`.
struct ListSlice: Hashable {
    /// Where it begins, nil for None.
    let start: Int?
    let stop: Int?
    /// Not 0, and greater than the least Int.
    let step: Int

    /// - Throws: TypeError for bounds that are not ints, ValueError for a step of 0.
    init(start: PickleValue, stop: PickleValue, step: PickleValue) throws(Failure) {
        let step = try Self.bound(step) ?? 1
        guard step != 0 else { throw .value("slice step cannot be zero") }
        self.step = max(step, -Int.max)
        self.start = try Self.bound(start)
        self.stop = try Self.bound(stop)
    }

    private static func bound(_ value: PickleValue) throws(Failure) -> Int? {
        switch value.kind {
        case .none: return nil
        case .bool(let flag): return flag ? 1 : 0
        case .int(let number): return number
        case .bigInt: return (try? value.isLess(than: .int(0))) == true ? Int.min : Int.max
        default:
            if let index = value.index { return index }
            throw .type("slice indices must be integers or None or have an __index__ method")
        }
    }

    /// The places it means in a list of that many items.
    func resolved(for length: Int) throws(Failure) -> SliceRange {
        // An empty slice that runs backwards, or ends before it starts, stands at its start.
        let isForward = step > 0
        let first = Self.clamp(start, length, isForward, absent: isForward ? 0 : length - 1)
        let end = Self.clamp(stop, length, isForward, absent: isForward ? length : -1)
        let distance = isForward ? end - first : first - end
        guard distance > 0 else { return SliceRange(start: first, step: step, count: 0) }
        return SliceRange(start: first, step: step, count: (distance - 1) / abs(step) + 1)
    }

    private static func clamp(_ bound: Int?, _ length: Int, _ isForward: Bool, absent: Int) -> Int {
        guard var bound else { return absent }
        if bound < 0 { bound += length }
        let least = isForward ? 0 : -1
        return min(max(bound, least), length + least)
    }
}

/// Follows the memo references of a request: does each slice refer to nothing but itself?
///
/// Where one does not (`d[k] = k` pickles the second `k` as a reference to the first), the request
/// must be decoded and written anew, so that every part stands alone.
struct ReferenceTracer {
    private var reader: InstructionReader
    /// How many objects have been memoized so far. Picklers number them 0, 1, 2, …
    private var memoCount = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        reader = unsafe InstructionReader(bytes, from: 0, to: bytes.count)
    }

    /// Gives the slices again, those with references inside with their memo base; nil where one
    /// refers to something outside, or numbers its memo entries in an order no pickler uses.
    ///
    /// - Parameter slices: in the order in which they stand in the request.
    mutating func trace(_ slices: [PickleSlice]) throws(PickleError) -> [PickleSlice]? {
        var traced: [PickleSlice] = []
        traced.reserveCapacity(slices.count)
        for slice in slices {
            guard try skip(to: slice.start), let inside = try trace(slice) else { return nil }
            traced.append(inside)
        }
        return traced
    }

    /// Passes over what stands between two slices.
    private mutating func skip(to offset: Int) throws(PickleError) -> Bool {
        while reader.position < offset {
            guard try step() != .outside else { return false }
        }
        return true
    }

    private mutating func trace(_ slice: PickleSlice) throws(PickleError) -> PickleSlice? {
        let base = memoCount
        var hasReferences = false
        while reader.position < slice.end {
            switch try step() {
            case .outside: return nil
            case .refers(let index):
                guard index >= base, index < memoCount else { return nil }
                hasReferences = true
            case .other: break
            }
        }
        guard hasReferences else { return slice }
        return PickleSlice(start: slice.start, end: slice.end, kind: slice.kind, memoBase: base)
    }

    private enum Step: Equatable {
        case refers(Int)
        case outside
        case other
    }

    private mutating func step() throws(PickleError) -> Step {
        switch try reader.next() {
        case .memoize:
            memoCount += 1
        case .binPut, .longBinPut:
            guard reader.number == memoCount else { return .outside }
            memoCount += 1
        case .binGet, .longBinGet:
            return .refers(reader.number)
        default: break
        }
        return .other
    }
}

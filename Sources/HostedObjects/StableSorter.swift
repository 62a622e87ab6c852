/// Sorts places 0, 1, 2, … by a comparison that may fail; equal ones stay in their order.
///
/// As CPython's list.sort does for up to 64 items: the run with which the list begins, then binary
/// insertion; longer lists are sorted in pieces of 32, which are merged. Where a comparison fails,
/// the order so far stands, and each place is in it once.
struct StableSorter {
    private(set) var order: [Int]

    init(count: Int) {
        order = Array(0..<count)
    }

    mutating func sort(
        by isLess: (Int, Int) throws(Failure) -> Bool
    ) throws(Failure) {
        guard order.count >= 64 else { return try sortPiece(0..<order.count, isLess) }
        var width = 32
        for start in stride(from: 0, to: order.count, by: width) {
            try sortPiece(start..<min(start + width, order.count), isLess)
        }
        while width < order.count {
            for start in stride(from: 0, to: order.count - width, by: 2 * width) {
                try merge(start, start + width, min(start + 2 * width, order.count), isLess)
            }
            width *= 2
        }
    }

    private mutating func sortPiece(
        _ piece: Range<Int>, _ isLess: (Int, Int) throws(Failure) -> Bool
    ) throws(Failure) {
        for place in piece.dropFirst(try sortRun(piece, isLess)) {
            let pivot = order[place]
            var low = piece.lowerBound
            var high = place
            while low < high {
                let middle = (low + high) / 2
                if try isLess(pivot, order[middle]) { high = middle } else { low = middle + 1 }
            }
            guard low < place else { continue }
            for index in stride(from: place, to: low, by: -1) { order[index] = order[index - 1] }
            order[low] = pivot
        }
    }

    /// Sorts the rising, or strictly falling, run with which a piece begins; its length.
    private mutating func sortRun(
        _ piece: Range<Int>, _ isLess: (Int, Int) throws(Failure) -> Bool
    ) throws(Failure) -> Int {
        guard piece.count > 1 else { return piece.count }
        let isFalling = try isLess(order[piece.lowerBound + 1], order[piece.lowerBound])
        var end = piece.lowerBound + 2
        while end < piece.upperBound, try isLess(order[end], order[end - 1]) == isFalling {
            end += 1
        }
        if isFalling { order[piece.lowerBound..<end].reverse() }
        return end - piece.lowerBound
    }

    private mutating func merge(
        _ start: Int, _ middle: Int, _ end: Int, _ isLess: (Int, Int) throws(Failure) -> Bool
    ) throws(Failure) {
        // Already in order: a sorted list takes one comparison a merge.
        guard try isLess(order[middle], order[middle - 1]) else { return }
        var merged: [Int] = []
        merged.reserveCapacity(end - start)
        var left = start
        var right = middle
        while left < middle, right < end {
            if try isLess(order[right], order[left]) {
                merged.append(order[right])
                right += 1
            } else {
                merged.append(order[left])
                left += 1
            }
        }
        merged += order[left..<middle]
        merged += order[right..<end]
        order.replaceSubrange(start..<end, with: merged)
    }
}

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

    /// Sorts the run with which a piece begins: one that never falls, or one that never rises,
    /// which is turned round and goes on for as long as what follows does not fall.
    ///
    /// Source: CPython 3.13's `count_run`, comparison for comparison, for the first that fails is
    /// the one that the message names.
    ///
    /// - Returns: its length.
    private mutating func sortRun(
        _ piece: Range<Int>, _ isLess: (Int, Int) throws(Failure) -> Bool
    ) throws(Failure) -> Int {
        let start = piece.lowerBound
        var end = try riseEnd(from: start + 1, piece, isLess)
        guard end < piece.upperBound else { return piece.count }
        if end > start + 1 {
            // Unless all so far are equal, it is a rising run.
            if try isLess(order[start], order[end - 1]) { return end - start }
            order[start..<end].reverse()
        }
        end += 1
        // Equal ones are turned round on their own, so that they are in their order in the end.
        var equals = 0
        while end < piece.upperBound {
            if try isLess(order[end], order[end - 1]) {
                order[(end - 1 - equals)..<end].reverse()
                equals = 0
            } else if try isLess(order[end - 1], order[end]) {
                break
            } else {
                equals += 1
            }
            end += 1
        }
        order[(end - 1 - equals)..<end].reverse()
        order[start..<end].reverse()
        return try riseEnd(from: end, piece, isLess) - start
    }

    /// Where what follows is less than what stands before it.
    private func riseEnd(
        from start: Int, _ piece: Range<Int>, _ isLess: (Int, Int) throws(Failure) -> Bool
    ) throws(Failure) -> Int {
        var end = start
        while end < piece.upperBound, try !isLess(order[end], order[end - 1]) { end += 1 }
        return min(end, piece.upperBound)
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

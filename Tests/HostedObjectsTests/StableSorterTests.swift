import Testing

@testable import HostedObjects

@Suite struct StableSorterTests {
    @Test(arguments: [0, 1, 2, 5, 31, 32, 33, 63, 64, 65, 100, 1000])
    func anyNumberIsSortedAndEqualOnesKeepTheirOrder(count: Int) throws {
        var random = SplitMix(seed: UInt64(count))
        let keys = (0..<count).map { _ in Int.random(in: 0..<20, using: &random) }
        var sorter = StableSorter(count: count)
        try sorter.sort { (left, right) throws(Failure) in keys[left] < keys[right] }
        let expected = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        #expect(sorter.order == expected)
    }

    @Test(arguments: [10, 64, 1000])
    func whatIsSortedTakesFewComparisons(count: Int) throws {
        var comparisons = 0
        var sorter = StableSorter(count: count)
        try sorter.sort { (left, right) throws(Failure) in
            comparisons += 1
            return left < right
        }
        #expect(sorter.order == Array(0..<count))
        #expect(comparisons < 2 * count)
    }

    /// What CPython 3.13 compares, as it says itself, so that the same comparison fails first.
    @Test(arguments: [
        ([5, 1, -3, 9, 7], "1<5 -3<1 9<-3 -3<9 9<5 7<9 7<5 7<9"),
        ([5, 5, 1, 1, -3, 9], "5<5 1<5 5<5 1<1 1<1 -3<1 9<-3 -3<9 9<5"),
        ([1, 1, 1, 2, 0], "1<1 1<1 2<1 0<2 1<2 0<1 0<1 0<1"),
        ([2, 2, 1], "2<2 1<2 2<2"),
        ([3, 2, 2, 1, 5, 4, 6], "2<3 2<2 2<2 1<2 5<1 1<5 5<3 4<5 4<2 4<5 4<3 6<3 6<5"),
        ([1, 2, 3], "2<1 3<2"),
        ([2, 2, 2, 1, 1, 0, 0, 7], "2<2 2<2 1<2 2<2 1<1 1<1 0<1 0<0 0<0 7<0 0<7 7<2"),
    ])
    func whatIsComparedIsWhatCPythonCompares(keys: [Int], comparisons: String) throws {
        var said: [String] = []
        var sorter = StableSorter(count: keys.count)
        try sorter.sort { (left, right) throws(Failure) in
            said.append("\(keys[left])<\(keys[right])")
            return keys[left] < keys[right]
        }
        #expect(said.joined(separator: " ") == comparisons)
        let expected = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        #expect(sorter.order == expected)
    }

    /// Whenever the comparison fails, every place is still in the order once.
    @Test(arguments: [5, 40, 64, 200])
    func afterAFailureNothingIsLost(count: Int) {
        var random = SplitMix(seed: 3)
        let keys = (0..<count).map { _ in Int.random(in: 0..<1000, using: &random) }
        for most in stride(from: 0, to: count * 4, by: 7) {
            var left = most
            var sorter = StableSorter(count: count)
            try? sorter.sort { (first, second) throws(Failure) in
                left -= 1
                guard left >= 0 else { throw .type("no order") }
                return keys[first] < keys[second]
            }
            #expect(sorter.order.sorted() == Array(0..<count))
        }
    }
}

import Pickle
import Testing

@testable import HostedObjects
@testable import Managers

@Suite struct UnsentRepliesTests {
    private static let long = [UInt8](repeating: 7, count: 1 << 16)

    /// All that would go out, taken in pieces of that length.
    private func drained(_ replies: consuming UnsentReplies, by step: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while replies.count > 0 {
            let next = replies.withNext { Array((Array($0) + Array($1)).prefix(step)) }
            guard !next.isEmpty else { break }
            bytes += next
            replies.went(next.count)
        }
        return bytes
    }

    private func appended(_ replies: inout UnsentReplies, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { replies.append($0) }
    }

    @Test(arguments: [1000, 65_536, 65_540, .max])
    func whatGoesInComesOutInOrder(step: Int) {
        var replies = UnsentReplies()
        appended(&replies, [1, 2])
        replies.append([3])
        replies.append(Self.long)
        replies.append([4])
        replies.append(shared: Self.long[...])
        replies.append(Self.long)
        appended(&replies, [])
        appended(&replies, [5, 6])
        let expected = [1, 2, 3] + Self.long + [4] + Self.long + Self.long + [5, 6]
        #expect(replies.count == expected.count)
        #expect(drained(replies, by: step) == expected)
    }

    @Test func aBodyOfWhichAPartHasGoneGoesOnThere() {
        var replies = UnsentReplies()
        replies.append(shared: (Self.long + [1, 2, 3])[...], from: Self.long.count + 1)
        appended(&replies, [4])
        #expect(replies.count == 3)
        #expect(drained(replies, by: 1) == [2, 3, 4])
        var none = UnsentReplies()
        none.append(shared: Self.long[...], from: Self.long.count)
        #expect(none.count == 0 && none.withNext { $0.count + $1.count } == 0)
    }

    @Test func whatHasGoneWholeIsNotLost() {
        let receipts = (0..<3).map { receipt($0) }
        var replies = UnsentReplies()
        for receipt in receipts {
            appended(&replies, [1, 2, 3, 4])
            replies.note(receipt, end: replies.total)
        }
        #expect(replies.lost == receipts)
        replies.went(3)
        #expect(replies.lost == receipts)
        replies.went(1)
        #expect(replies.lost == Array(receipts[1...]))
        replies.went(5)
        #expect(replies.lost == Array(receipts[2...]))
        replies.append([5])
        #expect(replies.lost == Array(receipts[2...]))
        replies.went(4)
        #expect(replies.lost == [] && replies.count == 0 && replies.total == 0)
    }

    /// A client that is always a byte behind.
    @Test func whatHasGoneIsForgotten() {
        var replies = UnsentReplies()
        replies.append([0])
        for number in 0..<100_000 {
            appended(&replies, [UInt8(truncatingIfNeeded: number)])
            replies.note(receipt(number), end: replies.total)
            replies.went(1)
        }
        #expect(replies.lost == [receipt(99_999)])
        #expect(replies.withNext { first, _ in first.count } == 1)
    }

    private func receipt(_ number: Int) -> Receipt {
        Receipt(
            session: SessionID(slot: 1, serial: 1), object: .none,
            kind: .item(.int(number), sequence: number), tag: nil)
    }
}

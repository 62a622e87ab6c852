import Testing

@testable import Connections

@Suite struct OutboxTests {
    private var outbox = Outbox()

    /// Writes as a socket would that takes `step` bytes at a time; what it took, and who is done.
    private mutating func drain(step: Int, scratch size: Int) -> ([UInt8], [UInt64]) {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
        defer { scratch.deallocate() }
        var written: [UInt8] = []
        var done: [UInt64] = []
        while !outbox.isEmpty {
            let piece = outbox.withNext(scratch: scratch) { head, rest in
                Array((Array(head) + Array(rest)).prefix(step))
            }
            #expect(!piece.isEmpty)
            written += piece
            done += outbox.sent(piece.count)
        }
        return (written, done)
    }

    @Test(arguments: [1, 2, 3, 5, 100, 100_000], [16, 64, 4096])
    func messagesGoInOrderHoweverTheyAreTaken(step: Int, size: Int) {
        var copy = self
        let bodies: [[UInt8]] = [
            [1], [], Array(repeating: 2, count: 5000), [3, 4], Array(repeating: 5, count: 60),
        ]
        for (index, body) in bodies.enumerated() {
            _ = copy.outbox.append(body, sender: UInt64(index))
        }
        let (written, done) = copy.drain(step: step, scratch: size)
        #expect(written == bodies.flatMap { frameHeader($0.count) + $0 })
        #expect(done == [0, 1, 2, 3, 4])
    }

    @Test mutating func whatHasNotBegunToGoIsTakenBack() {
        let first = outbox.append([1], sender: 1)
        let second = outbox.append([2], sender: 2)
        let third = outbox.append([3], sender: 3)
        #expect(outbox.withdraw(place: second) == true)
        #expect(outbox.withdraw(place: second) == false)
        #expect(outbox.sent(2) == [])
        #expect(outbox.withdraw(place: first) == false)
        #expect(outbox.sent(3) == [1])
        #expect(outbox.withdraw(place: third) == true)
        #expect(outbox.isEmpty)
        #expect(outbox.withdraw(place: first) == false)
    }

    @Test mutating func discardingNamesThoseWhoseMessagesNeverWent() {
        _ = outbox.append([1], sender: 1)
        _ = outbox.append([2], sender: nil)
        _ = outbox.append([3], sender: 3)
        _ = outbox.sent(1)
        #expect(outbox.discard() == [1, 3])
        #expect(outbox.isEmpty)
    }
}

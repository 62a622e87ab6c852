import Sockets
import Testing

@Suite struct DescriptorTests {
    private func read(_ descriptor: borrowing Descriptor, _ count: Int) -> (Transfer, [UInt8]) {
        var room = [UInt8](repeating: 0, count: count)
        let transfer = room.withUnsafeMutableBytes { descriptor.read(into: $0) }
        if case .bytes(let count) = transfer { return (transfer, Array(room.prefix(count))) }
        return (transfer, [])
    }

    private func write(_ descriptor: borrowing Descriptor, _ bytes: [UInt8]) -> Transfer {
        bytes.withUnsafeBytes { descriptor.write($0) }
    }

    @Test func bytesGoBothWays() throws {
        let pair = try Descriptor.pair()
        #expect(read(pair.first, 10) == (.wouldBlock, []))
        #expect(write(pair.second, [1, 2, 3]) == .bytes(3))
        #expect(read(pair.first, 2) == (.bytes(2), [1, 2]))
        #expect(read(pair.first, 2) == (.bytes(1), [3]))
        #expect(write(pair.first, []) == .bytes(0))
    }

    private func readOn(_ descriptor: borrowing Descriptor, _ count: Int) -> (Transfer, Bool) {
        var room = [UInt8](repeating: 0, count: count)
        let outcome = room.withUnsafeMutableBytes { descriptor.readOn(into: $0) }
        return (outcome.transfer, outcome.isDrained)
    }

    @Test func readingOnTakesWhatIsThereAndTellsWhetherThatWasAll() throws {
        let pair = try Descriptor.pair()
        #expect(readOn(pair.first, 10) == (.wouldBlock, false))
        #expect(write(pair.second, [1, 2, 3]) == .bytes(3))
        #expect(readOn(pair.first, 10) == (.bytes(3), true))
        #expect(write(pair.second, [1, 2, 3]) == .bytes(3))
        #expect(readOn(pair.first, 2) == (.bytes(2), false))
        #expect(readOn(pair.first, 1) == (.bytes(1), false))
        // The end behind bytes is told by the next.
        #expect(write(pair.second, [1, 2, 3]) == .bytes(3))
        pair.second.finishWriting()
        #expect(readOn(pair.first, 10) == (.bytes(3), true))
        #expect(readOn(pair.first, 10) == (.endOfFile, false))
    }

    /// For who sends little at once it does not wait; the rest of what is much it waits for.
    @Test func readingOnGoesOnAfterLargePieces() throws {
        let pair = try Descriptor.pair()
        let large = [UInt8](repeating: 1, count: 1 << 15)
        #expect(write(pair.second, large) == .bytes(large.count))
        #expect(write(pair.second, large) == .bytes(large.count))
        #expect(readOn(pair.first, 1 << 17) == (.bytes(1 << 16), true))
        // What is cut off is of no use.
        #expect(write(pair.second, large) == .bytes(large.count))
        pair.second.finishWriting()
        #expect(readOn(pair.first, 1 << 17) == (.endOfFile, false))
        #expect(readOn(pair.first, 10) == (.endOfFile, false))
    }

    @Test func aFullSocketWouldBlock() throws {
        let pair = try Descriptor.pair()
        let bytes = [UInt8](repeating: 0, count: 1 << 16)
        var written = 0
        while case .bytes(let count) = write(pair.first, bytes) { written += count }
        #expect(written > 0)
        #expect(write(pair.first, bytes) == .wouldBlock)
    }

    @Test func aHalfClosedSocketEndsInOneDirectionOnly() throws {
        let pair = try Descriptor.pair()
        pair.first.finishWriting()
        #expect(read(pair.second, 1) == (.endOfFile, []))
        #expect(write(pair.second, [1]) == .bytes(1))
        #expect(read(pair.first, 1) == (.bytes(1), [1]))
    }

    @Test func writingToTheDeadIsAnErrorAndNoSignal() throws {
        let survivor = try Descriptor.pair().split { first, _ in first }
        guard case .failed = write(survivor, [1]) else {
            Issue.record("it took the byte")
            return
        }
        #expect(read(survivor, 1) == (.endOfFile, []))
    }
}

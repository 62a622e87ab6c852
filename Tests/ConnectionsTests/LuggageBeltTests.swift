import Testing

@testable import Connections

@Suite struct LuggageBeltTests {
    /// A stream of frames, some with items, cut as a kernel does: a read ends behind a write with
    /// items, if not before.  What is claimed for each frame.
    private func claims(_ frames: [(length: Int, items: [Int])], step: Int) throws -> [[Int]] {
        var belt = LuggageBelt<Int>()
        var claims: [[Int]] = []
        var unread = 0
        var whole: [Int] = []
        // Reads what was written so far, in steps, and decodes the frames that are whole.
        func read(with items: [Int]) throws {
            var items = items
            while unread > 0 {
                let count = min(step, unread)
                unread -= count
                // Items come with the read that reaches the write's first byte, the header's.
                try belt.arrived(count, with: unread < 4 ? items : [])
                if unread < 4 { items = [] }
            }
            for length in whole { claims.append(belt.claim(frameOf: length)) }
            whole = []
        }
        for frame in frames {
            if frame.items.isEmpty {
                unread += 4 + frame.length
                whole.append(frame.length)
                continue
            }
            // The header goes with the items, glued by the reader to all that was before.
            unread += 4
            try read(with: frame.items)
            unread += frame.length
            whole.append(frame.length)
        }
        try read(with: [])
        return claims
    }

    @Test(arguments: [1, 2, 3, 5, 7, 64, 1000, 100_000])
    func eachFrameGetsItsOwnHoweverItIsRead(step: Int) throws {
        let frames: [(length: Int, items: [Int])] = [
            (10, []), (0, [1]), (5000, []), (3, [2, 3]), (0, []), (70_000, [4]), (1, [5]), (2, []),
        ]
        #expect(try claims(frames, step: step) == frames.map(\.items))
    }

    @Test func aReadThatHoldsFramesBeforeGivesThemNothing() throws {
        var belt = LuggageBelt<Int>()
        // Two whole frames of 4 + 6 bytes, and the header of a third.
        try belt.arrived(24, with: [7])
        #expect(belt.claim(frameOf: 6) == [])
        #expect(belt.claim(frameOf: 6) == [])
        try belt.arrived(100)
        #expect(belt.claim(frameOf: 100) == [7])
    }

    @Test func whoSendsTooMuchIsStopped() throws {
        var belt = LuggageBelt<Int>()
        for _ in 0..<2 { try belt.arrived(1, with: Array(repeating: 0, count: Luggage.limit)) }
        #expect(throws: ConnectionError.self) { try belt.arrived(1, with: [0]) }
        belt.clear()
        try belt.arrived(1, with: [1])
    }

    @Test func longHeadersAreCounted() throws {
        var belt = LuggageBelt<Int>()
        let length = FrameHeader.shortLimit + 1
        try belt.arrived(12 + length)
        try belt.arrived(4, with: [1])
        #expect(belt.claim(frameOf: length) == [])
        #expect(belt.claim(frameOf: 0) == [1])
    }
}

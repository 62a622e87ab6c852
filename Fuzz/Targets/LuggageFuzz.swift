internal import Connections

/// Luggage beside a stream: what an honest writer sends comes out with the frame with which it
/// went, however the stream is cut; of what any other writes nothing is lost, doubled or out of
/// order, and never more lies on the belt than its limit.
///
/// ```text
/// 0        1      2      3
/// honest?  frame  items  cut  frame  items  cut …      items 255: a read without a frame's end
/// ```
enum LuggageFuzz: FuzzTarget {
    static let name = "luggage"
    static let isMadeOfInstructions = false

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        [
            [0, 5, 1, 3, 0, 0, 9, 7, 200, 1], [0, 0, 253, 1, 0, 253, 1], [1, 5, 255, 1, 2, 254, 9],
            [1, 0, 255, 0, 0, 255, 0, 0, 255, 0], [0, 255, 9, 255, 255, 9, 255],
        ]
    }

    static func run(_ input: [UInt8]) {
        var reader = InputReader(input)
        if reader.byte() & 1 == 0 { runHonest(&reader) } else { runAny(&reader) }
    }

    /// Items go with the first byte of their frame, in a write that holds nothing of the next; a
    /// read ends with such a write, if not before.
    private static func runHonest(_ reader: inout InputReader) {
        var belt = LuggageBelt<Int>()
        var serial = 0
        for _ in 0..<64 where !reader.isAtEnd {
            let length = Int(reader.byte())
            let items = (0..<Int(reader.byte()) % 254).map { serial + $0 }
            serial += items.count
            let step = max(1, Int(reader.byte()))
            let size = 4 + length
            // The write that has the items: with them comes at least its first byte, at most all.
            let first = min(size, step)
            arrive(&belt, first, items)
            var rest = size - first
            while rest > 0 {
                let piece = min(rest, step)
                arrive(&belt, piece, [])
                rest -= piece
            }
            let claimed = belt.claim(frameOf: length)
            claim(claimed == items, "a frame has \(claimed), not \(items)")
        }
    }

    private static func arrive(_ belt: inout LuggageBelt<Int>, _ count: Int, _ items: [Int]) {
        claim("an honest writer is not refused") { () throws(ConnectionError) in
            try belt.arrived(count, with: items)
        }
    }

    private static func runAny(_ reader: inout InputReader) {
        var belt = LuggageBelt<Int>()
        var serial = 0
        var expected = 0
        for _ in 0..<256 where !reader.isAtEnd {
            let length = Int(reader.byte())
            let items = (0..<Int(reader.byte())).map { serial + $0 }
            do throws(ConnectionError) {
                try belt.arrived(max(1, length), with: items)
            } catch {
                let isOver = serial + items.count - expected > LuggageBelt<Int>.limit
                claim(isOver && error.code == .malformedFrame, "refused without need: \(error)")
                return
            }
            serial += items.count
            claim(serial - expected <= LuggageBelt<Int>.limit, "the belt holds too much")
            guard reader.byte() & 1 == 0 else { continue }
            for item in belt.claim(frameOf: length) {
                claim(item == expected, "item \(item) comes instead of \(expected)")
                expected += 1
            }
        }
        belt.clear()
        claim(belt.claim(frameOf: 1 << 20).isEmpty, "nothing lies on a belt that was cleared")
    }
}

import Testing

@testable import Processes

@Suite struct QueueRingTests {
    @Test func aMarkGoesRoundTheRingAndRoundItsOwnEnd() {
        // Two bytes short of where 32 bits of units end, and of items too.
        var mark = RingMark(bits: 0xffff_ffff_ffff_fffe)
        let start = mark
        for step in 1...5 {
            mark = mark.advanced(bytes: 9, isItem: true)
            #expect(mark.bytes(since: start) == step * 16)
            #expect(mark.items &- start.items == UInt32(step))
            #expect(mark.offset(in: 64) == (48 + step * 16) % 64)
        }
        #expect(mark.advanced(bytes: 0, isItem: false) == mark)
    }

    @Test(arguments: [0, 1, 7, 8, 9, QueueRing.pieceLimit])
    func aHeaderIsOneWord(length: Int) {
        for (isFirst, isLast) in [(false, false), (false, true), (true, false), (true, true)] {
            let header = RingHeader(length: length, isFirst: isFirst, isLast: isLast)
            #expect(RingHeader(bits: header.bits) == header)
            #expect(header.extent >= 8 + length && header.extent % 8 == 0)
        }
    }

    /// Writes an item or a part of it.
    private func append(
        _ item: [UInt8], to ring: QueueRing, isFirst: Bool = true, isLast: Bool = true
    ) throws -> Bool {
        try item.withUnsafeBytes { try ring.append($0, isFirst: isFirst, isLast: isLast) }
    }

    /// The next item, or what has been taken of one.
    private func take(_ ring: QueueRing) throws -> (item: [UInt8]?, part: [UInt8]?) {
        var part: [UInt8]?
        while true {
            switch try ring.take(into: &part) {
            case .nothing: return (nil, part)
            case .piece: continue
            case .item(let item): return (item, part)
            }
        }
    }

    @Test func itemsGoRoundTheRing() throws {
        let ring = try QueueRing(maxsize: 0)
        for round in 0..<200 {
            let item = [UInt8](repeating: UInt8(round), count: round * 631 % QueueRing.pieceLimit)
            #expect(try append(item, to: ring) && append([UInt8(round)], to: ring))
            #expect(ring.count == 2)
            #expect(try take(ring).item == item)
            #expect(try take(ring).item == [UInt8(round)])
            #expect(ring.isEmpty && ring.count == 0)
        }
    }

    @Test func aFullRingTakesNothing() throws {
        let ring = try QueueRing(maxsize: 0)
        let item = [UInt8](repeating: 1, count: QueueRing.pieceLimit)
        var count = 0
        while try append(item, to: ring) { count += 1 }
        #expect(try count == 8 && !ring.hasRoom(for: 1) && !append([], to: ring))
        #expect(try take(ring).item == item)
        #expect(try ring.hasRoom(for: 1000) && append([2], to: ring))
        for _ in 1..<count { #expect(try take(ring).item == item) }
        #expect(try take(ring).item == [2])
    }

    @Test func ofAnItemWhoseWriterDiedNothingIsMade() throws {
        let ring = try QueueRing(maxsize: 0)
        #expect(try append([1], to: ring, isLast: false))
        #expect(try append([2], to: ring, isFirst: false, isLast: false))
        #expect(try append([3], to: ring))
        #expect(ring.count == 1)
        #expect(try take(ring).item == [3])
        #expect(ring.lostCount == 1 && ring.isEmpty)
    }

    @Test func theRestOfAnItemWhoseReaderDiedIsSkipped() throws {
        let ring = try QueueRing(maxsize: 0)
        #expect(try append([1], to: ring, isLast: false))
        #expect(try take(ring).part == [1])
        #expect(try append([2], to: ring, isFirst: false) && append([3], to: ring))
        #expect(ring.count == 2 && ring.unfinished == 2)
        #expect(try take(ring).item == [3])
        #expect(ring.lostCount == 1 && ring.unfinished == 1)
        #expect(ring.finishItem() && !ring.finishItem())
    }

    @Test func whatAReaderTookBeforeItDiedIsCounted() throws {
        let ring = try QueueRing(maxsize: 0)
        for number in 0..<3 as Range<UInt8> { #expect(try append([number], to: ring)) }
        _ = try take(ring)
        ring.settle()
        ring.settleLosses()
        #expect(ring.lostCount == 0)
        _ = try take(ring)
        // It dies here.
        ring.settleLosses()
        ring.settleLosses()
        #expect(ring.lostCount == 1 && ring.count == 1 && ring.unfinished == 2)
    }

    @Test func whatIsLostIsCountedOnceWheneverItsCounterDies() throws {
        let ring = try QueueRing(maxsize: 0)
        // An item whose reader died half-way, and its rest; then another item.
        #expect(try append([1], to: ring, isLast: false))
        _ = try take(ring)
        #expect(try append([2], to: ring, isFirst: false) && append([3], to: ring))
        var part: [UInt8]?
        _ = try ring.take(into: &part)
        #expect(part == nil && ring.lostCount == 1)
        // Who has skipped the rest dies, and so does who has counted it.
        for _ in 0..<2 { ring.settleLosses() }
        #expect(ring.lostCount == 1)
        #expect(try take(ring).item == [3])
        ring.settle()
        #expect(ring.lostCount == 1 && ring.unfinished == 1)
        #expect(ring.finishItem() && !ring.finishItem() && ring.unfinished == 0)
    }

    @Test func aTallyIsOneWord() {
        // Both numbers are at their ends.
        let full = RingTally(bits: .max)
        #expect(full.settled(at: 4, returning: 1) == RingTally(bits: 3 << 32 | 4))
        #expect(full.settled(at: 4, returning: 0) == RingTally(bits: 4 << 32 | 4))
        let known = RingTally(bits: 7 << 32 | 5)
        #expect(known.settled(at: 5, returning: 0) == known)
        #expect(known.settled(at: 5, returning: 1) == known)
        #expect(known.settled(at: 6, returning: 1) == RingTally(bits: 7 << 32 | 6))
    }

    @Test func anItemThatIsReportedDoneAndLostHoldsNobodyUp() throws {
        let ring = try QueueRing(maxsize: 0)
        #expect(try append([1], to: ring))
        _ = try take(ring)
        #expect(ring.finishItem())
        ring.settleLosses()
        #expect(ring.unfinished == 0 && !ring.finishItem())
    }

    @Test(arguments: [72, 136])
    func whoWritesIsToldOfRubbishToo(offset: Int) throws {
        let ring = try QueueRing(maxsize: 5)
        for word in [0xffff_ffff_0000_0000 as UInt64, 0x1_0000_0000, 0x0fff_0000] {
            unsafe ring.block.bytes.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
            #expect(throws: ProcessError.self) { try append([1, 2, 3], to: ring) }
            #expect(throws: ProcessError.self) { try ring.hasRoom(for: 1) }
            #expect(throws: ProcessError.self) { try ring.takesOneMore(than: 0) }
        }
    }

    @Test func rubbishInSharedMemoryIsAnError() throws {
        for word in [UInt64.max, 0x3_ffff_ffff, 0x3_0000_0100] {
            let ring = try QueueRing(maxsize: 0)
            #expect(try append([1, 2, 3], to: ring))
            unsafe ring.block.bytes.storeBytes(of: word, toByteOffset: 4096, as: UInt64.self)
            #expect(throws: ProcessError.self) { try take(ring) }
        }
    }

    @Test func aTailThatIsNowhereIsAnError() throws {
        let ring = try QueueRing(maxsize: 0)
        #expect(try append([1, 2, 3], to: ring))
        unsafe ring.block.bytes.storeBytes(of: UInt64.max, toByteOffset: 72, as: UInt64.self)
        #expect(throws: ProcessError.self) { try take(ring) }
    }

    @Test func anotherBlockIsNoQueue() throws {
        let block = try MemoryBlock(byteCount: QueueRing.byteCount, name: "other")
        #expect(throws: ProcessError.self) { try QueueRing(block) }
    }
}

internal import Connections
internal import Pickle
internal import Sockets

/// What threads and the loop of a client put in line on a tagged connection, and write to a socket
/// that takes as much as it likes: it goes in order, nobody writes into what another writes, and
/// nothing is left that nobody will write.
///
/// ```text
/// 0     1
/// step  how much   step …
/// ```
enum OutgoingFuzz: FuzzTarget {
    static let name = "outgoing"
    static let isMadeOfInstructions = false

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        [
            [0, 1, 3, 255, 3, 255, 3, 255],
            [1, 1, 5, 0, 4, 255, 4, 255, 4, 255],
            [0, 3, 3, 0, 3, 1, 1, 2, 6, 0, 4, 255, 4, 3, 6, 0, 4, 255],
            [1, 1, 2, 40, 1, 70, 4, 0, 4, 9, 0, 1, 6, 0, 5, 0, 4, 255, 4, 255],
            [0, 130, 3, 0, 3, 7, 8, 0, 3, 0, 0, 1], [1, 1, 5, 0, 7, 0, 4, 0, 4, 0],
        ]
    }

    static func run(_ input: [UInt8]) {
        var reader = InputReader(input)
        let script = OutgoingScript()
        var steps = 0
        while !reader.isAtEnd, steps < 500 {
            script.step(reader.byte(), Int(reader.byte()))
            steps += 1
        }
        script.finish()
    }
}

/// The line, whoever writes, and the socket.
private final class OutgoingScript {
    /// Somebody who has been told to write.
    final class Hand {
        var bytes = OutgoingBytes()
        /// Whether it writes just now; else it is about to look what there is.
        var isWriting = false
        /// Whether it writes until nothing is left.
        let isLast: Bool

        init(isLast: Bool) { self.isLast = isLast }
    }

    private var line = OutgoingLine()
    /// Threads that were told to write.
    private var threads: [Hand] = []
    /// What the loop writes just now; it does nothing else meanwhile.
    private var loop: Hand?
    /// The loop is to write when it has run its tasks.
    private var isLoopDue = false
    /// All that was put in line, and what the socket has taken of it.
    private var stream: [UInt8] = []
    private var taken = 0
    private var serial: UInt32 = 0
    private var isOver = false
    /// So much is put in line at the most, in bytes.
    private static let mostBytes = 1 << 18

    func step(_ what: UInt8, _ much: Int) {
        switch what % 10 {
        case 0: put(1 + much % 3, of: size(much), onLoop: false)
        case 1 where loop == nil: put(1 + much % 80, of: size(much), onLoop: true)
        case 2: putOrders(1 + much % 5, onLoop: loop == nil && much & 64 != 0)
        case 3: if !threads.isEmpty { goOn(much, threads[much % threads.count]) }
        case 4: if let loop { goOn(much, loop) }
        case 5: beginLoopWrite()
        case 6: unblock()
        case 7 where much % 8 == 0: end()
        case 8 where much % 8 == 0: fail()
        default: put(1, of: size(much), onLoop: false)
        }
        check()
    }

    private func size(_ choice: Int) -> Int {
        switch choice & 0xE0 {
        case 0xE0: 1 << 16
        case 0x80: 300
        default: choice & 31
        }
    }

    // MARK: What goes in

    private func put(_ most: Int, of size: Int, onLoop: Bool) {
        let count = size < 1000 ? most : 1
        guard !isOver, stream.count + count * size < Self.mostBytes else { return }
        for _ in 0..<count {
            serial += 1
            let head = TaggedFrame.Head(serial, owner: 7, keptAs: nil)
            let body = [UInt8](repeating: UInt8(truncatingIfNeeded: serial), count: size)
            // As calls and as batches do.
            if serial % 2 == 0 {
                line.append(head, body)
            } else {
                line.append(head, CompactBytes(body))
            }
            expect(serial, 7, body)
        }
        proceed(line.whoWrites(count, of: count + size % 100, onLoop: onLoop))
    }

    /// Several under one lock, as when the times of several calls are over.
    private func putOrders(_ count: Int, onLoop: Bool) {
        guard !isOver else { return }
        var next = OutgoingLine.Next.nothing
        for _ in 0..<count {
            serial += 1
            line.append(TaggedFrame.Head(.undo, serial))
            expect(serial, TaggedFrame.Order.undo.rawValue, [])
            next.join(line.whoWrites(1, of: 1, onLoop: onLoop))
        }
        proceed(next)
    }

    private func expect(_ tag: UInt32, _ word: UInt32, _ body: [UInt8]) {
        for number in [UInt32(8 + body.count), tag, word] {
            stream += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        stream += body
    }

    private func proceed(_ next: OutgoingLine.Next) {
        switch next {
        case .nothing: break
        case .write: threads.append(Hand(isLast: true))
        case .flushLater: isLoopDue = true
        case .writeEarly:
            claim(loop == nil, "the loop does two things at once")
            loop = Hand(isLast: false)
        }
    }

    // MARK: What goes out

    private func goOn(_ much: Int, _ hand: Hand) {
        guard hand.isWriting else {
            hand.isWriting = line.take(
                &hand.bytes, as: loop === hand ? .loop : .caller, isLast: hand.isLast)
            if !hand.isWriting { leave(hand) }
            return
        }
        // 255 for all there is.
        var room = isOver ? 0 : much == 255 ? Int.max : much * much
        let outcome = unsafe hand.bytes.write { head, body in
            if isOver { return .failed(32) }
            let count = min(room, head.count + body.count)
            guard count > 0 else { return .wouldBlock }
            unsafe take(head, count)
            unsafe take(body, count - head.count)
            room -= count
            return .bytes(count)
        }
        hand.isWriting = false
        switch outcome {
        case nil:
            hand.bytes.removeAll()
            guard !hand.isLast else { return }
            line.keep(&hand.bytes)
        case .failed?:
            line.end(unsent: hand.bytes.count)
        default: line.block(&hand.bytes)
        }
        leave(hand)
    }

    private func take(_ piece: UnsafeRawBufferPointer, _ most: Int) {
        let bytes = unsafe Array(piece.prefix(max(0, most)))
        let end = taken + bytes.count
        let isNext = end <= stream.count && stream[taken..<end].elementsEqual(bytes)
        claim(isNext, "other bytes than those that come next")
        taken = end
    }

    private func leave(_ hand: Hand) {
        if loop === hand { loop = nil } else { threads.removeAll { $0 === hand } }
    }

    private func beginLoopWrite() {
        guard isLoopDue, loop == nil else { return }
        isLoopDue = false
        loop = Hand(isLast: true)
    }

    private func unblock() {
        guard loop == nil, line.unblock() else { return }
        loop = Hand(isLast: true)
    }

    /// The line is closed, also for whoever writes.
    private func end() {
        line.end()
        isOver = true
    }

    /// The socket takes nothing more, as whoever writes learns.
    private func fail() {
        guard let hand = (threads + [loop].compactMap { $0 }).first(where: { $0.isWriting }) else {
            return
        }
        isOver = true
        goOn(0, hand)
        claim(line.handed == UInt64(taken), "\(taken) bytes have gone, not \(line.handed)")
    }

    // MARK: What holds

    private func check() {
        let writing = threads.count { $0.isWriting } + (loop?.isWriting == true ? 1 : 0)
        claim(writing <= 1, "\(writing) write at once")
        guard !isOver else { return }
        claim(line.place == UInt64(stream.count), "\(line.place) is not \(stream.count)")
        let isInHand = isLoopDue || !threads.isEmpty || loop != nil || line.isBlocked
        claim(isInHand || taken == stream.count, "\(stream.count - taken) bytes are nobody's")
    }

    /// Everybody does what is to be done, and the socket takes everything.
    func finish() {
        for _ in 0..<10_000 where !isDone {
            unblock()
            beginLoopWrite()
            if let loop { goOn(255, loop) }
            if let thread = threads.first { goOn(255, thread) }
            check()
        }
        claim(isDone, "there is no end to it")
        claim(isOver || taken == stream.count, "\(stream.count - taken) bytes are left")
    }

    private var isDone: Bool {
        threads.isEmpty && loop == nil && !isLoopDue && (isOver || !line.isBlocked)
    }
}

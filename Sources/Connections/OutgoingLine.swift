package import Pickle

/// What a tagged line has to write, and who writes it: pure.
///
/// ```text
///   append ──▶ waits ──take──▶ bytes of the writer ──▶ socket
///                ▲                    │ takes no more
///                └─── (blocked) ──────┘ block, unblock
/// ```
/// Whoever puts something in line asks ``whoWrites(_:of:onLoop:)`` under the same lock. There
/// is at most one writer, and while anything waits there is one: it has been told ``Next`` and goes
/// on until nothing is left, or the socket takes no more; when that takes more, the loop is the
/// writer. So nothing waits that nobody will write, and nobody writes into the middle of what
/// another writes.
package struct OutgoingLine: ~Copyable {
    /// Who is to write what was put in line.
    package enum Next: Equatable {
        case nothing
        /// The caller, now.
        case write
        /// The loop, when it has run its tasks.
        case flushLater
        /// The loop, now, for the server has little else to do; what other tasks ask goes later.
        case writeEarly

        /// The same for what was put in line afterwards, under the same lock: who has become the
        /// writer is told so, whatever comes behind it.
        package mutating func join(_ other: Next) {
            if self == .nothing { self = other }
        }
    }

    /// Who writes.
    package enum Writer {
        /// Whoever found nobody.
        case caller
        /// The loop, while it runs its tasks and behind them.
        case loop
    }

    /// What is to be written next.
    private var waiting = OutgoingBytes()
    /// A buffer for what comes while `waiting` is written.
    private var spare = OutgoingBytes()
    private var writer: Writer?
    /// How many requests and orders have been put in line since the last write.
    private var gathered = 0
    /// The socket takes nothing now; the loop is told when it does. There is a writer.
    package private(set) var isBlocked = false
    /// Nothing goes any more.
    private var isOver = false
    /// How many bytes have been handed to the socket, or will be before any other.
    package private(set) var handed: UInt64 = 0

    package init() {}

    /// Where what is put in line next begins in the stream of all that is sent.
    package var place: UInt64 { handed + UInt64(waiting.count) }

    // MARK: What goes in

    /// Puts an order in line.
    package mutating func append(_ head: TaggedFrame.Head) { waiting.append(head) }

    /// Puts a request in line.
    @inline(__always)
    package mutating func append(_ head: TaggedFrame.Head, _ request: CompactBytes) {
        waiting.append(head, request)
    }

    /// Puts a request in line.
    package mutating func append(_ head: TaggedFrame.Head, _ request: [UInt8]) {
        waiting.append(head, request)
    }

    /// Who writes so many requests and orders that have just been put in line.
    ///
    /// - Parameters:
    ///   - underWay: how many exchanges there are, these among them.
    ///   - onLoop: whether this is the loop's thread.
    package mutating func whoWrites(
        _ count: Int, of underWay: Int, onLoop: @autoclosure () -> Bool
    ) -> Next {
        gathered += count
        guard !isBlocked, !isOver else { return .nothing }
        switch writer {
        case nil:
            writer = onLoop() ? .loop : .caller
            return writer == .loop ? .flushLater : .write
        case .caller: return .nothing
        case .loop:
            let isEnough = Self.isEnough(gathered, beside: underWay - gathered)
            return isEnough && onLoop() ? .writeEarly : .nothing
        }
    }

    /// Whether the loop writes so many requests before its other tasks have run, where the server
    /// has been asked so many others.
    ///
    /// A server that waits for the loop's tasks, and a loop that waits for the server, take twice
    /// the time of two that work side by side. The less the server has to do, the sooner it is
    /// given more; but a write is not worth it for a few.
    static func isEnough(_ gathered: Int, beside others: Int) -> Bool {
        gathered >= min(max(4, others / 2), 64)
    }

    // MARK: What goes out

    /// Takes what is to be written, in exchange for a buffer that has been emptied.
    ///
    /// - Parameters:
    ///   - role: as which writer: whoever is it no more, for another has done what was its to do,
    ///     gets nothing.
    ///   - isLast: whether it is the writer no more where there is nothing.
    /// - Returns: whether there is something, and the socket takes it.
    package mutating func take(
        _ bytes: inout OutgoingBytes, as role: Writer, isLast: Bool
    ) -> Bool {
        // Where the socket takes nothing, the writer stays it.
        guard writer == role, !isBlocked else { return false }
        guard !waiting.isEmpty else {
            if isLast { writer = nil }
            keep(&bytes)
            return false
        }
        handed += UInt64(waiting.count)
        gathered = 0
        swap(&waiting, &bytes)
        if waiting.room == 0 { swap(&waiting, &spare) }
        return true
    }

    /// Keeps a buffer that has been emptied for what comes next.
    package mutating func keep(_ bytes: inout OutgoingBytes) {
        if bytes.room > 0 { swap(&spare, &bytes) }
    }

    /// The socket takes no more: what is left waits before what has been put in line since.
    package mutating func block(_ rest: inout OutgoingBytes) {
        guard !isOver else { return }
        handed -= UInt64(rest.count)
        rest.append(waiting)
        swap(&waiting, &rest)
        isBlocked = true
    }

    /// The socket takes more.
    ///
    /// - Returns: whether the loop is to write: it is the writer now.
    package mutating func unblock() -> Bool {
        guard isBlocked else { return false }
        isBlocked = false
        writer = .loop
        return !isOver
    }

    /// Nothing goes any more, nor have so many of the last bytes.
    package mutating func end(unsent count: Int = 0) {
        handed -= UInt64(count)
        waiting = OutgoingBytes()
        isOver = true
    }
}

internal import HostedObjects

/// The replies of a connection that the socket has not taken yet, in their order, and what they
/// give away: pure.
///
/// Short ones are copied one behind the other; a long body is kept where it is, because it is
/// another's too and does not change.
struct UnsentReplies {
    private struct Piece {
        var bytes: ArraySlice<UInt8>
        /// Whether somebody else has it too, so that nothing is appended.
        let isShared: Bool
    }

    private var pieces: [Piece] = []
    /// How many bytes of the first piece have gone.
    private var gone = 0
    /// How many bytes have been put in, and how many have gone, since it was last empty.
    private(set) var total = 0
    private(set) var sent = 0
    /// What the replies give away, each with the value of `total` where its reply ends.
    private var receipts: [(end: Int, receipt: Receipt)] = []

    /// How many bytes there are.
    @inline(__always)
    var count: Int { total - sent }

    /// The receipts of the replies that have not gone whole.
    var lost: [Receipt] { receipts.lazy.filter { $0.end > sent }.map(\.receipt) }

    /// Whether there is a reply to a tagged call that has not gone whole and gives something away.
    func gives(_ tag: UInt32) -> Bool {
        receipts.contains { $0.end > sent && $0.receipt.tag == tag }
    }

    // MARK: What goes in

    /// Copies bytes to the end.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard unsafe !bytes.isEmpty else { return }
        if pieces.last?.isShared != false { pieces.append(Piece(bytes: [], isShared: false)) }
        unsafe pieces[pieces.count - 1].bytes.append(contentsOf: bytes)
        total += bytes.count
    }

    /// Puts a frame to the end.
    mutating func append(_ frame: [UInt8]) {
        guard frame.count < Self.longLimit else { return append(shared: frame[...]) }
        unsafe frame.withUnsafeBytes { unsafe append($0) }
    }

    /// From this length on a frame is not copied, in bytes.
    private static let longLimit = 1 << 16

    /// Puts bytes to the end without a copy.
    ///
    /// - Parameter start: how many of them have gone already; 0 where others are still before them.
    mutating func append(shared bytes: ArraySlice<UInt8>, from start: Int = 0) {
        precondition(start == 0 || pieces.isEmpty, "what is before them must go first")
        guard start < bytes.count else { return }
        pieces.append(Piece(bytes: bytes, isShared: true))
        total += bytes.count - start
        if start > 0 { gone = start }
    }

    /// Notes what a reply gives away.
    ///
    /// - Parameter end: what `total` was, or will be, behind the reply's last byte.
    mutating func note(_ receipt: Receipt, end: Int) {
        receipts.append((end, receipt))
    }

    // MARK: What goes out

    /// Lends the first two pieces that are to be written.
    func withNext<Result>(
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard let first = pieces.first else {
            let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
            return unsafe body(nothing, nothing)
        }
        let second = pieces.count > 1 ? pieces[1].bytes : []
        return unsafe first.bytes.withUnsafeBytes { first in
            unsafe second.withUnsafeBytes { second in
                unsafe body(UnsafeRawBufferPointer(rebasing: first[gone...]), second)
            }
        }
    }

    /// Forgets bytes that have gone.
    mutating func went(_ count: Int) {
        precondition(count <= self.count, "more bytes gone than there were")
        guard count < self.count else {
            self = UnsentReplies()
            return
        }
        sent += count
        gone += count
        while let first = pieces.first, gone >= first.bytes.count {
            gone -= first.bytes.count
            pieces.removeFirst()
        }
        shed()
    }

    /// Gives memory back once what has gone is the larger part: a client that is always behind a
    /// little must not make this grow.
    private mutating func shed() {
        if let first = pieces.first, !first.isShared, gone > first.bytes.count / 2 {
            pieces[0].bytes = Array(first.bytes.dropFirst(gone))[...]
            gone = 0
        }
        if !receipts.isEmpty, receipts[receipts.count / 2].end <= sent {
            receipts.removeAll { $0.end <= sent }
        }
    }
}

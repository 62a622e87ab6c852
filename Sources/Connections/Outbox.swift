internal import Sockets

/// The messages of a connection that the socket has not taken yet: pure.
///
/// Each is kept as it was given; small ones are glued when they are written, large ones are written
/// from where they are.  A message of which no byte has gone may be taken back.
struct Outbox {
    /// Names who waits until the message has gone; nil when nobody does.
    typealias SenderID = UInt64

    private struct Entry {
        let message: Message
        let sender: SenderID?
    }

    private var entries = FIFO<Entry>()
    /// Bytes of the first message, its header included, that have gone.
    private var gone = 0

    var isEmpty: Bool { entries.isEmpty }

    /// What must travel with the next bytes that `withNext` lends.
    var nextLuggage: [SharedDescriptor] { gone == 0 ? entries.first?.message.luggage ?? [] : [] }

    /// Appends a message.
    ///
    /// - Returns: its place.
    mutating func append(_ body: [UInt8], sender: SenderID?) -> Int {
        append(Message(body), sender: sender)
    }

    /// Appends a message, whose luggage goes with its first byte.
    ///
    /// - Returns: its place.
    mutating func append(_ message: Message, sender: SenderID?) -> Int {
        entries.append(Entry(message: message, sender: sender))
    }

    /// Takes a message back.
    ///
    /// - Returns: false when some of its bytes have gone: then it goes whole.
    mutating func withdraw(place: Int) -> Bool {
        guard place != entries.places.lowerBound || gone == 0 else { return false }
        return entries.remove(place: place) != nil
    }

    /// Counts bytes that the socket has taken.
    ///
    /// - Returns: the senders whose messages have gone whole.
    mutating func sent(_ count: Int) -> [SenderID] {
        var done: [SenderID] = []
        gone += count
        while let entry = entries.first {
            let length = entry.message.bytes.count
            let size = FrameHeader.size(for: length) + length
            guard gone >= size else { break }
            entries.remove(place: entries.places.lowerBound)
            gone -= size
            if let sender = entry.sender { done.append(sender) }
        }
        precondition(gone == 0 || !entries.isEmpty, "more bytes sent than there were")
        return done
    }

    /// Forgets everything.
    ///
    /// - Returns: the senders whose messages never went.
    mutating func discard() -> [SenderID] {
        var senders: [SenderID] = []
        while let entry = entries.popFirst() {
            if let sender = entry.sender { senders.append(sender) }
        }
        gone = 0
        return senders
    }

    /// Lends `body` the next bytes to write: one large message in place, or small ones glued in
    /// `scratch`; one with luggage by itself.  Call it only while there is something to send.
    func withNext<Outcome>(
        scratch: UnsafeMutableRawBufferPointer,
        _ body: (_ head: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer) -> Outcome
    ) -> Outcome {
        var filled = 0
        var skipped = gone
        for place in entries.places {
            guard let entry = entries[place]?.message else { continue }
            let message = entry.bytes
            let header = frameHeader(message.count)
            let goesAlone = !entry.luggage.isEmpty && skipped == 0
            if goesAlone || header.count + message.count - skipped > scratch.count - filled {
                guard filled == 0 else { break }
                return unsafe Self.lend(header, message, skipping: skipped, body)
            }
            filled += unsafe Self.copy(header, skipping: skipped, to: scratch, at: filled)
            skipped = max(0, skipped - header.count)
            filled += unsafe Self.copy(message, skipping: skipped, to: scratch, at: filled)
            skipped = 0
        }
        let glued = unsafe UnsafeRawBufferPointer(rebasing: scratch.prefix(filled))
        return unsafe body(glued, UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private static func lend<Outcome>(
        _ header: [UInt8], _ message: [UInt8], skipping count: Int,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Outcome
    ) -> Outcome {
        unsafe header.withUnsafeBytes { header in
            unsafe message.withUnsafeBytes { message in
                unsafe body(
                    UnsafeRawBufferPointer(rebasing: header.dropFirst(count)),
                    UnsafeRawBufferPointer(
                        rebasing: message.dropFirst(max(0, count - header.count))))
            }
        }
    }

    private static func copy(
        _ bytes: [UInt8], skipping count: Int, to scratch: UnsafeMutableRawBufferPointer,
        at offset: Int
    ) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes.dropFirst(count))
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[offset...])
            unsafe room.copyMemory(from: rest)
            return rest.count
        }
    }
}

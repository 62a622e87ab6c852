/// The replies to a batch of requests, one behind the other in one block of memory, in the order
/// of the requests.
package struct ReplyBatch: Sendable {
    /// Where a reply stands; a start of -1 is none.
    private struct Span {
        var start = -1
        var end = 0
    }

    /// All replies.
    package private(set) var bytes: [UInt8] = []
    private var spans: [Span] = []
    private var failures: [Int: ConnectionError] = [:]

    package init() {}

    /// How many requests there were.
    package var count: Int { spans.count }

    /// Where the reply to a request stands; nil where none came.
    package subscript(index: Int) -> Range<Int>? {
        let span = spans[index]
        return span.start < 0 ? nil : span.start..<span.end
    }

    /// Makes room for the replies to so many requests more.
    mutating func expect(_ count: Int) {
        spans += repeatElement(Span(), count: count)
    }

    /// Notes a reply, which may come before those to earlier requests.
    mutating func receive(_ index: Int, _ reply: UnsafeRawBufferPointer) {
        let start = bytes.count
        unsafe bytes.append(contentsOf: reply)
        spans[index] = Span(start: start, end: bytes.count)
    }

    /// Notes that no reply comes.
    mutating func fail(_ index: Int, _ error: ConnectionError) {
        failures[index] = error
    }

    /// Makes other errors of those that there are.
    mutating func mapFailures(_ transform: (ConnectionError) -> ConnectionError) {
        failures = failures.mapValues(transform)
    }

    /// The requests to which no reply has come, in order, each with the reason.
    package var missing: [(index: Int, reason: ConnectionError)] {
        failures.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Notes that no replies come to so many requests more.
    mutating func expectNothing(_ count: Int, _ error: ConnectionError) {
        let start = spans.count
        expect(count)
        for index in start..<spans.count { failures[index] = error }
    }

    /// Appends what came of later requests.
    mutating func append(_ other: ReplyBatch) {
        guard !spans.isEmpty else {
            self = other
            return
        }
        let (base, offset) = (spans.count, bytes.count)
        bytes += other.bytes
        spans += other.spans.map { span in
            span.start < 0 ? span : Span(start: span.start + offset, end: span.end + offset)
        }
        for (index, error) in other.failures { failures[base + index] = error }
    }
}

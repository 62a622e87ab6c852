/// Bytes that need no memory of their own where they are few: for requests, of which many are kept
/// for a while and copied once.
@usableFromInline
package struct CompactBytes: Sendable {
    private typealias Short = InlineArray<16, UInt64>

    /// How many bytes are kept in place.
    static let shortRoom = MemoryLayout<Short>.size

    private var short = Short(repeating: 0)
    private var shortCount = 0
    /// The bytes, where they are not kept in place.
    package private(set) var long: [UInt8]?

    /// Bytes that are there.
    @usableFromInline
    package init(_ bytes: [UInt8]) {
        long = bytes
    }

    /// What a closure writes.
    ///
    /// - Parameter room: how many bytes that is at most.
    @usableFromInline
    package init(room: Int, _ write: (inout PlainWriter) -> Void) {
        guard room <= Self.shortRoom else {
            long = PlainWriter.bytes(room: room, write)
            return
        }
        var span = short.mutableSpan
        shortCount = unsafe span.withUnsafeMutableBytes { memory in
            var writer = unsafe PlainWriter(memory)
            write(&writer)
            return writer.count
        }
    }

    /// Lends them.
    @inline(__always)
    package func withBytes<Outcome>(_ body: (UnsafeRawBufferPointer) -> Outcome) -> Outcome {
        if let long { return unsafe long.withUnsafeBytes(body) }
        return unsafe short.span.withUnsafeBytes { short in
            unsafe body(UnsafeRawBufferPointer(rebasing: short[..<shortCount]))
        }
    }

    /// The same in an array.
    @usableFromInline package var bytes: [UInt8] {
        if let long { return long }
        return unsafe withBytes { unsafe Array($0) }
    }
}

/// The frames of a tagged connection, on the client's side. docs/PROTOCOL.md draws them.
///
/// ```text
/// request                                reply
/// offset  size                           offset  size
/// 0       4      length of what follows  0       4      length of what follows
/// 4       4      tag                     4       4      tag
/// 8       4      owner, or order         8       …      pickle
/// 12      …      pickle, or nothing
///
/// request whose outcome is kept
/// 8       4      owner, and the highest bit
/// 12      4      number
/// 16      …      pickle
/// ```
enum TaggedFrame {
    /// The tag of what the server says unasked.
    static let push = UInt32.max
    /// Bytes of a request before its pickle.
    static let requestHeader = 12
    /// In the owner's place: the server is to keep the outcome.
    private static let kept: UInt32 = 1 << 31
    /// Bytes of a reply's body before its pickle.
    static let replyHeader = 4

    /// What is asked without a pickle.
    enum Order: UInt32 {
        /// Cancels the call of that tag, if it waits.
        case cancel = 0
        /// Takes back what the reply of that tag gave.
        case undo = 1
        /// Ends the owner whose number stands in the tag's place.
        case endOwner = 2
        /// Promises to be heard of within as many milliseconds as stand in the tag's place.
        case promise = 3
    }

    /// The answer to a call that was cancelled: `('#CANCELLED', None)`.
    private static let cancelled: [UInt8] =
        [0x80, 4, 0x8C, 10] + Array("#CANCELLED".utf8) + [0x4E, 0x86, 0x2E]

    static func isCancelled(_ pickle: UnsafeRawBufferPointer) -> Bool {
        guard pickle.count == cancelled.count else { return false }
        return unsafe pickle.elementsEqual(cancelled)
    }

    /// Appends what stands before the pickle.
    static func appendHeader(
        _ tag: UInt32, _ word: UInt32, bodyCount: Int, to bytes: inout [UInt8]
    ) {
        appendLength(bodyCount + requestHeader - 4, (tag, word), to: &bytes)
    }

    /// Appends what stands before the pickle of a call whose outcome is kept under a number.
    static func appendHeader(
        _ tag: UInt32, owner: UInt32, keptAs number: UInt32, bodyCount: Int, to bytes: inout [UInt8]
    ) {
        appendLength(bodyCount + requestHeader, (tag, owner | kept), to: &bytes)
        unsafe withUnsafeBytes(of: number.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    private static func appendLength(
        _ length: Int, _ words: (UInt32, UInt32), to bytes: inout [UInt8]
    ) {
        if length > Int(Int32.max) {
            append((.max, UInt32(truncatingIfNeeded: length >> 32)), to: &bytes)
        }
        append((UInt32(truncatingIfNeeded: length), words.0, words.1), to: &bytes)
    }

    private static func append(_ words: (UInt32, UInt32), to bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(of: (words.0.bigEndian, words.1.bigEndian)) {
            unsafe bytes.append(contentsOf: $0)
        }
    }

    private static func append(_ words: (UInt32, UInt32, UInt32), to bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(
            of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian)
        ) {
            unsafe bytes.append(contentsOf: $0)
        }
    }
}

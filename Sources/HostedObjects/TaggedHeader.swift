/// What stands before the pickle in a request on a tagged connection.
///
/// ```text
/// offset  size
/// 0       4      tag: which of the connection's calls, big-endian; below `StoreLimits.tags`
/// 4       4      owner: whose call it is, big-endian; 0 is the connection's
/// 8       n      the request, a pickle
///
/// 0       4      tag
/// 4       4      owner, and the highest bit: its outcome is to be kept
/// 8       4      the client's number for the call, big-endian: together with the tag, no two of a
///                connection have the same
/// 12      n      the request, a pickle
///
/// 0       4      tag; with 2, the owner; with 3, within so many milliseconds, 0 for no promise
/// 4       4      0 cancels the call of that tag, 1 gives back what its reply gave,
///                2 ends the owner, 3 promises to be heard of again
/// ```
struct TaggedHeader {
    static let size = 8
    /// The size where the outcome is to be kept.
    static let keptSize = 12
    private static let keptBit: UInt32 = 1 << 31

    let tag: UInt32
    /// Whether the outcome is to be kept.
    let isKept: Bool
    /// Whose call it is; of a frame without a request, what is to be done.
    let owner: UInt32

    init?(_ frame: UnsafeRawBufferPointer) {
        guard frame.count >= Self.size else { return nil }
        tag = unsafe UInt32(bigEndian: frame.loadUnaligned(as: UInt32.self))
        let word = unsafe UInt32(
            bigEndian: frame.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        isKept = word >= Self.keptBit
        owner = word & ~Self.keptBit
    }

    /// The client's number for a call whose outcome is to be kept; nil where there is no request
    /// behind it.
    static func number(in frame: UnsafeRawBufferPointer) -> UInt32? {
        guard frame.count > keptSize else { return nil }
        return unsafe UInt32(bigEndian: frame.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    }

    /// What a frame without a request asks for.
    enum Order: UInt32 {
        case cancel = 0
        case undo = 1
        case endOwner = 2
        case promise = 3
    }
}

/// What stands before the pickle in a reply on a tagged connection: 4 bytes, the tag.
enum ReplyTag {
    /// The tag of what the server says unasked.
    static let push = UInt32.max
}

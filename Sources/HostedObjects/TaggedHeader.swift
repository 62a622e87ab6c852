/// What stands before the pickle in a request on a tagged connection.
///
/// ```text
/// offset  size
/// 0       4      tag: which of the connection's calls, big-endian; below `StoreLimits.tags`
/// 4       4      owner: whose call it is, big-endian; 0 is the connection's
/// 8       n      the request, a pickle
///
/// 0       4      tag; with 2, the owner
/// 4       4      0 cancels the call of that tag, 1 gives back what its reply gave,
///                2 ends the owner
/// ```
struct TaggedHeader {
    static let size = 8

    let tag: UInt32
    /// Whose call it is; of a frame without a request, what is to be done.
    let owner: UInt32

    init?(_ frame: UnsafeRawBufferPointer) {
        guard frame.count >= Self.size else { return nil }
        tag = unsafe UInt32(bigEndian: frame.loadUnaligned(as: UInt32.self))
        owner = unsafe UInt32(bigEndian: frame.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    }

    /// What a frame without a request asks for.
    enum Order: UInt32 {
        case cancel = 0
        case undo = 1
        case endOwner = 2
    }
}

/// What stands before the pickle in a reply on a tagged connection: 4 bytes, the tag.
enum ReplyTag {
    /// The tag of what the server says unasked.
    static let push = UInt32.max
}

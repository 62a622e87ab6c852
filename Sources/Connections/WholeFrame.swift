/// The body of a long frame in the block in which it came, behind the frame's header and nothing
/// else: for whoever keeps it as it is.
package struct WholeFrame: Sendable {
    private let block: [UInt8]
    /// Where the body begins; it goes to the block's end.
    private let start: Int

    init(_ block: [UInt8], from start: Int) {
        self.block = block
        self.start = start
    }

    /// The body.
    package var body: ArraySlice<UInt8> { block[start...] }

    /// What of the body stands behind so many bytes, without a copy where nobody else has the
    /// block.
    consuming func bytes(behind count: Int) -> [UInt8] {
        var bytes = block
        let head = start + count
        self = WholeFrame([], from: 0)
        bytes.removeFirst(head)
        return bytes
    }
}

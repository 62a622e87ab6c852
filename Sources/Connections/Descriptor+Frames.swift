package import Sockets

extension Descriptor {
    /// Reads straight into the space of the frame that `decoder` holds incomplete; then `resume`
    /// the decoder.  Worth its while only for a large frame: see `FrameDecoder.missing`.
    package func read(into decoder: inout FrameDecoder) -> Transfer {
        var transfer = Transfer.wouldBlock
        unsafe decoder.withSpace { room in
            transfer = unsafe read(into: room)
            if case .bytes(let count) = transfer { return count }
            return 0
        }
        return transfer
    }
}

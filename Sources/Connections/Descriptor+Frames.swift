package import Sockets

extension Descriptor {
    /// Reads straight into the space of the frame that `decoder` holds incomplete; then `resume`
    /// the decoder.  Worth its while only for a large frame: see `FrameDecoder.missing`.
    package func read(into decoder: inout FrameDecoder) -> Transfer {
        unsafe decoder.read { unsafe read(into: $0) }
    }
}

extension FrameDecoder {
    /// Has somebody read into its space.
    mutating func read(_ body: (UnsafeMutableRawBufferPointer) -> Transfer) -> Transfer {
        var transfer = Transfer.wouldBlock
        unsafe withSpace { room in
            transfer = unsafe body(room)
            if case .bytes(let count) = transfer { return count }
            return 0
        }
        return transfer
    }
}

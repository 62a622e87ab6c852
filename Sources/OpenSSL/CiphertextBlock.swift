internal import Synchronization

/// A block for ciphertext on its way between a session and its socket.
///
/// A session has one only while something lies in it, so that thousands that say nothing own none;
/// a few that are free are kept for the next.
///
/// SAFETY: whoever has taken a block is alone at its bytes until it is given back.
@safe struct CiphertextBlock: @unchecked Sendable {
    /// Records of a block: one write to the socket. So few, that the peer decrypts some while this
    /// side encrypts the next: of 8 or 16 a reply of 1 MiB took a fifth longer, of 2 a tenth.
    static let records = 4
    /// Bytes of a block: its records, each with what TLS adds, and room for a word in between.
    static let size = records * (TLSSession.recordLimit + 256)
    /// How many that are free are kept.
    private static let keptLimit = 4
    private static let free = Mutex<[CiphertextBlock]>([])

    let bytes: UnsafeMutablePointer<UInt8>

    /// A block that nobody else has.
    static func take() -> CiphertextBlock {
        if let block = free.withLock({ $0.popLast() }) { return block }
        return unsafe CiphertextBlock(bytes: .allocate(capacity: size))
    }

    /// Gives it back.
    consuming func giveBack() {
        let block = self
        let isKept = Self.free.withLock { free in
            guard free.count < Self.keptLimit else { return false }
            free.append(block)
            return true
        }
        if !isKept { unsafe block.bytes.deallocate() }
    }
}

/// What came of an exchange: small, for it is handed from one to the next.
package enum ExchangeOutcome: Sendable {
    case reply([UInt8])
    /// A reply that has not been copied, behind so many bytes.
    case longReply(WholeFrame, behind: Int)
    indirect case failure(ConnectionError)

    /// What a frame brought behind so many bytes.
    init(_ frame: UnsafeRawBufferPointer, _ whole: WholeFrame?, from start: Int) {
        if let whole {
            self = .longReply(whole, behind: start)
        } else {
            self = .reply(unsafe Array(UnsafeRawBufferPointer(rebasing: frame[start...])))
        }
    }

    /// The reply.
    package consuming func get() throws(ConnectionError) -> [UInt8] {
        switch consume self {
        case .reply(let message): return message
        case .longReply(let frame, let start): return frame.bytes(behind: start)
        case .failure(let error): throw error
        }
    }
}

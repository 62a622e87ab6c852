/// What came of an exchange: small, for it is handed from one to the next.
package enum ExchangeOutcome: Sendable {
    case reply([UInt8])
    indirect case failure(ConnectionError)

    /// The reply.
    package func get() throws(ConnectionError) -> [UInt8] {
        switch self {
        case .reply(let message): return message
        case .failure(let error): throw error
        }
    }
}

internal import Managers
internal import Pickle
internal import Sockets

/// What a started server tells its parent: the one message that it sends.
enum ServerReport: Sendable, Equatable {
    /// Clients are accepted at this address.
    case ready(address: String)
    /// It came to nothing: a code of `ManagerError`, and why.
    case failed(code: String, reason: String)

    /// Why a server did not come up.
    init(_ error: any Error) {
        if let error = error as? ManagerError {
            self = .failed(code: error.code.description, reason: error.reason)
        } else {
            self = .failed(
                code: ManagerError.Code.startFailed.description,
                reason: "the server's setup threw an error: \(error)")
        }
    }

    /// Reads a report: `(address,)` or `(code, reason)`.
    ///
    /// - Throws: `ManagerError` with `startFailed` for what is none.
    init(_ message: [UInt8]) throws(ManagerError) {
        let value: PickleValue
        do {
            value = try PickleValue(pickle: message)
        } catch {
            throw ManagerError(
                .startFailed, "the server's report cannot be read: \(error)", underlying: error)
        }
        guard case .tuple(let parts) = value.kind, let first = parts.first?.string else {
            throw ManagerError(.startFailed, "the server's report is \(value.repr(limit: 100))")
        }
        self =
            if parts.count > 1, let reason = parts[1].string {
                .failed(code: first, reason: reason)
            } else {
                .ready(address: first)
            }
    }

    var message: [UInt8] {
        let words: [PickleValue] =
            switch self {
            case .ready(let address): [.str(address)]
            case .failed(let code, let reason): [.str(code), .str(reason)]
            }
        return PickleValue.tuple(words).pickled()
    }

    /// The address at which the server is ready.
    ///
    /// - Throws: `ManagerError`: why it is not.
    func address() throws(ManagerError) -> SocketAddress {
        switch self {
        case .ready(let text):
            do throws(SocketError) {
                return try SocketAddress(parsing: text)
            } catch {
                throw ManagerError(.startFailed, error.reason, underlying: error)
            }
        case .failed(let code, let reason):
            throw ManagerError(ManagerError.Code(named: code) ?? .startFailed, reason)
        }
    }
}

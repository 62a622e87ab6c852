internal import CMultiprocessing

/// How far a connection attempt has come.
package enum ConnectionProgress: Equatable, Sendable {
    case connected
    /// Wait until the descriptor is writable, then call `finishConnecting(to:)`.
    case inProgress
}

extension Descriptor {
    /// A new non-blocking stream socket of the address's family, not yet connected.
    package init(connectingTo address: ResolvedAddress) throws(SocketError) {
        let made = unsafe withUnsafePointer(to: address.raw) { unsafe mp_socket_create($0) }
        try self.init(made, from: "socket")
    }

    /// Starts to connect.
    ///
    /// - Throws: `.refused`, `.unreachable`, `.notPermitted`; `.backlogFull` where a Unix socket
    ///   has no room now: the same call may be tried again soon.
    package func startConnecting(
        to address: ResolvedAddress
    ) throws(SocketError) -> ConnectionProgress {
        if address.source.isTCP { sendWithoutDelay() }
        let result = connect(to: address)
        if result == 0 { return .connected }
        if result == -MP_EINPROGRESS { return .inProgress }
        throw .system("connect \(address.source)", result)
    }

    /// How an attempt that was in progress ended, once the descriptor is writable.
    package func finishConnecting(to address: ResolvedAddress) throws(SocketError) {
        let result = mp_socket_error(raw)
        guard result >= 0 else { throw .system("connect \(address.source)", result) }
    }

    func connect(to address: ResolvedAddress) -> Int32 {
        unsafe withUnsafePointer(to: address.raw) { unsafe mp_socket_connect(raw, $0) }
    }
}

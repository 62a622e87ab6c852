internal import CMultiprocessing

/// A socket that accepts connections.
///
/// On a Unix path it takes the place of a stale socket file (one that nobody listens on any more);
/// a live one is an error.  When it ends it removes its file, if the file is still its own.
package struct ListeningSocket: ~Copyable, Sendable {
    /// Default length of the queue of connections that wait to be accepted; the kernel may hold
    /// it lower (`net.core.somaxconn`).
    package static let defaultBacklog = 1024

    /// The real address: with the port that the system chose.
    package let address: SocketAddress
    /// Readable when there is a connection to accept.
    package let descriptor: Descriptor
    private let file: FileIdentity?

    /// Binds and listens.  A host name is looked up, so it may block; so may a Unix path while
    /// another process binds in the same directory (`DirectoryLock`).
    ///
    /// - Throws: `.addressInUse`, `.invalidAddress`, `.unresolvable`, `.notPermitted`, `.system`.
    package init(
        _ address: SocketAddress, backlog: Int = defaultBacklog
    ) throws(SocketError) {
        let candidates = try address.resolved(.named, listening: true)
        let backlog = Int32(clamping: max(1, backlog))
        switch address {
        case .unix(let path):
            let lock = DirectoryLock(besides: path)
            try Self.removeStaleFile(candidates[0], path: path)
            let socket = try Self.bound(candidates[0], backlog: backlog)
            self.init(descriptor: socket, address: address, file: FileIdentity(path: path))
            _ = consume lock
        case .abstract:
            let socket = try Self.bound(candidates[0], backlog: backlog)
            self.init(descriptor: socket, address: address, file: nil)
        case .tcp(let host, _):
            let socket = try Self.firstBound(candidates, backlog: backlog)
            let port = try ResolvedAddress(of: socket, source: address).port
            self.init(descriptor: socket, address: .tcp(host: host, port: port), file: nil)
        }
    }

    /// Takes over a socket that listens already; its file stays with whoever made it.
    package init(adopting descriptor: consuming Descriptor, at address: SocketAddress) {
        self.init(descriptor: descriptor, address: address, file: nil)
    }

    private init(descriptor: consuming Descriptor, address: SocketAddress, file: FileIdentity?) {
        self.descriptor = descriptor
        self.address = address
        self.file = file
    }

    deinit {
        // Removed before it is closed: nobody finds a file that nobody listens on.
        if let file { file.remove() }
    }

    /// Closes it now, and removes its file.
    package consuming func close() {}

    /// The next connection, non-blocking and ready for small writes; nil when there is none now.
    ///
    /// - Throws: `.tooManyDescriptors`: the connection stays in the backlog, so the socket stays
    ///   readable; stop watching it for a moment.  Other codes mean it is of no more use.
    package func accept() throws(SocketError) -> Descriptor? {
        while true {
            let result = mp_socket_accept(descriptor.raw)
            if result >= 0 {
                let accepted = Descriptor(owning: result)
                if address.isTCP { accepted.sendWithoutDelay() }
                return accepted
            }
            switch -result {
            case MP_EAGAIN: return nil
            // Errors of the connection, not of the socket (accept(2)): on to the next one.
            case MP_ENETDOWN, MP_EPROTO, MP_ENOPROTOOPT, MP_EHOSTDOWN, MP_ENONET,
                MP_EHOSTUNREACH, MP_EOPNOTSUPP, MP_ENETUNREACH, MP_ETIMEDOUT, MP_EPERM:
                continue
            default: throw .system("accept", result)
            }
        }
    }

    private static func firstBound(
        _ candidates: [ResolvedAddress], backlog: Int32
    ) throws(SocketError) -> Descriptor {
        var first: SocketError?
        for candidate in candidates {
            do throws(SocketError) {
                return try bound(candidate, backlog: backlog)
            } catch {
                first = first ?? error
            }
        }
        throw first ?? .system("bind", MP_EADDRNOTAVAIL)
    }

    private static func bound(
        _ candidate: ResolvedAddress, backlog: Int32
    ) throws(SocketError) -> Descriptor {
        let socket = try Descriptor(connectingTo: candidate)
        if candidate.source.isTCP { _ = mp_socket_reuse_address(socket.raw) }
        let result = unsafe withUnsafePointer(to: candidate.raw) { address in
            unsafe mp_socket_bind(socket.raw, address)
        }
        if result == -MP_EADDRINUSE { throw .addressInUse(candidate.source, "already in use") }
        guard result >= 0 else { throw .system("bind \(candidate.source)", result) }
        let listening = mp_socket_listen(socket.raw, backlog)
        if listening == -MP_EADDRINUSE { throw .addressInUse(candidate.source, "already in use") }
        guard listening >= 0 else { throw .system("listen \(candidate.source)", listening) }
        return socket
    }

    private static func removeStaleFile(
        _ address: ResolvedAddress, path: String
    ) throws(SocketError) {
        guard let found = FileIdentity(path: path) else { return }
        guard found.isSocket else {
            throw .addressInUse(address.source, "a file that is no socket is in the way")
        }
        let probe = try Descriptor(connectingTo: address)
        // Anything but a refusal means that somebody is there, with a full backlog perhaps.
        let result = probe.connect(to: address)
        guard result == -MP_ECONNREFUSED else {
            if result == -MP_EACCES { throw .system("connect \(address.source)", result) }
            throw .addressInUse(address.source, "somebody listens there already")
        }
        found.remove()
    }
}

internal import CMultiprocessing

/// An address as the kernel takes it: the outcome of a lookup, or of no lookup at all.
package struct ResolvedAddress: Sendable {
    let raw: mp_address
    /// What it was made from: names the address in errors.
    package let source: SocketAddress

    init(raw: mp_address, source: SocketAddress) {
        self.raw = raw
        self.source = source
    }

    var isV4: Bool { unsafe withUnsafePointer(to: raw) { unsafe mp_address_is_v4($0) } }

    /// The real address of a bound socket: the port the system chose, the name it was bound to.
    init(of socket: borrowing Descriptor, source: SocketAddress) throws(SocketError) {
        var raw = mp_address()
        let result = unsafe mp_socket_address(socket.raw, &raw)
        guard result >= 0 else { throw .system("getsockname", result) }
        self.init(raw: raw, source: source)
    }

    /// Port of a TCP address, 0 for others.
    var port: Int { unsafe withUnsafePointer(to: raw) { Int(unsafe mp_address_port($0)) } }
}

extension SocketAddress {
    /// Most addresses of one host name that are tried.
    package static let candidateLimit = 16

    /// How a host may be looked up.
    package enum Lookup: Sendable {
        /// Numbers only: never waits for the network.
        case numeric
        /// Names too: may block for seconds, so never call it on a shared thread.
        case named
    }

    /// The addresses to try, in order.
    ///
    /// - Parameter listening: puts IPv4 first, because a stock CPython client of a TCP address
    ///   speaks only IPv4; otherwise the order is the system's (RFC 6724).
    /// - Throws: `.invalidAddress`, `.unresolvable`.
    package func resolved(
        _ lookup: Lookup, listening: Bool = false
    ) throws(SocketError) -> [ResolvedAddress] {
        switch self {
        case .unix(let path): return [try local(Array(path.utf8), abstract: false)]
        case .abstract(let name): return [try local(name, abstract: true)]
        case .tcp(let host, let port):
            guard let port = UInt16(exactly: port) else {
                throw .invalidAddress("\(self)", "has a port that is not from 0 to 65535")
            }
            guard !host.isEmpty, !host.utf8.contains(0) else {
                throw .invalidAddress("\(self)", "has no host")
            }
            var found = [mp_address](repeating: mp_address(), count: Self.candidateLimit)
            let count = unsafe host.withCString { host in
                unsafe mp_address_resolve(
                    host, port, lookup == .numeric, listening, &found, Int32(found.count))
            }
            guard count > 0 else { throw .unresolvable(host, code: count) }
            let all = found.prefix(Int(count)).map { ResolvedAddress(raw: $0, source: self) }
            return listening ? all.filter(\.isV4) + all.filter { !$0.isV4 } : all
        }
    }

    private func local(_ name: [UInt8], abstract: Bool) throws(SocketError) -> ResolvedAddress {
        var raw = mp_address()
        guard unsafe mp_address_unix(&raw, name, name.count, abstract) >= 0 else {
            let kind = abstract ? "name" : "path"
            throw .invalidAddress(
                "\(self)", "has a \(kind) that is not of 1 to \(Self.unixNameLimit) bytes")
        }
        return ResolvedAddress(raw: raw, source: self)
    }
}

/// Whose connection a session is: what its references are counted for, and with whose end it ends
/// what it holds.
package enum Origin: Sendable, Hashable {
    /// Nobody knows.
    case unknown
    /// A process whose end the server sees.
    case process(ProcessID)
    /// A process of another host, or of this one by way of the network: only its connections are
    /// seen.
    case host(HostAddress)
}

/// A process that has connections. A slot is used again, a serial is not.
package struct ProcessID: Hashable, Sendable {
    let slot: UInt32
    let serial: UInt32
}

/// An address from which connections come: that of a host, not of a process.
package struct HostAddress: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// - Parameter bytes: those of an IPv6 address, or of an IPv4 address; at most 16 count.
    package init(_ bytes: some Sequence<UInt8>) {
        var halves: (UInt64, UInt64) = (0, 0)
        for byte in bytes.prefix(16) {
            halves.0 = halves.0 << 8 | halves.1 >> 56
            halves.1 = halves.1 << 8 | UInt64(byte)
        }
        (high, low) = halves
    }
}

/// Whose end sets free what is held.
package enum OwnerID: Sendable, Hashable {
    /// Nobody's.
    case nobody
    case session(SessionID)
    case process(ProcessID)
}

/// When locks and permits are set free that their holder has not given back.
package enum ReleaseRule: Sendable, Hashable {
    /// Never, as in CPython.
    case never
    /// When the holder's process died without having dropped its references.
    case died
    /// When the connection ends that acquired them.
    case disconnected
}

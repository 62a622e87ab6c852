internal import CMultiprocessing

// Who is at the other end.
extension Descriptor {
    /// The process that connected this Unix socket; nil for another socket's, and for one that this
    /// process cannot see.
    package var peerProcess: Int32? {
        let process = mp_socket_peer_process(raw)
        return process > 0 ? process : nil
    }

    /// The user of the process that connected this Unix socket; nil for another socket's.
    package var peerUser: UInt32? {
        UInt32(exactly: mp_socket_peer_user(raw))
    }

    /// What becomes readable when that process ends; nil if it has ended.
    ///
    /// - Throws: `.system`, also where the system knows no such thing: Linux does since 5.3.
    package func peerProcessDescriptor(_ process: Int32) throws(SocketError) -> Descriptor? {
        let result = mp_peer_descriptor(raw, process)
        if result == -MP_ESRCH { return nil }
        return try Descriptor(result, from: "SO_PEERPIDFD")
    }

    /// Whether a signal has ended the process whose descriptor this is, which is readable; nil
    /// where the system does not tell.
    package func processWasKilled(_ process: Int32) -> Bool? {
        let result = mp_peer_was_killed(raw, process)
        return result < 0 ? nil : result > 0
    }

    /// The address of this TCP socket's peer, 4 or 16 bytes; none if the peer is gone.
    package var peerHost: [UInt8] {
        var host = [UInt8](repeating: 0, count: 16)
        let count = unsafe host.withUnsafeMutableBufferPointer {
            unsafe mp_peer_host(raw, $0.baseAddress)
        }
        return Array(host.prefix(max(0, Int(count))))
    }
}

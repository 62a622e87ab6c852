internal import CMultiprocessing

/// A descriptor that this value owns: it is closed exactly once, when the value ends.
package struct Descriptor: ~Copyable, Sendable {
    /// The number, for calls that need it.  Never close it.
    package let raw: Int32

    /// Takes over an open descriptor.
    package init(owning raw: Int32) {
        precondition(raw >= 0, "a descriptor is never negative")
        self.raw = raw
    }

    /// Closes it now.
    package consuming func close() {
        mp_close(raw)
        discard self
    }

    deinit {
        mp_close(raw)
    }

    /// Takes over what a shim returned: a descriptor, or -errno.
    init(_ result: Int32, from call: String) throws(SocketError) {
        guard result >= 0 else { throw .system(call, result) }
        self.init(owning: result)
    }

    /// Two connected stream sockets, non-blocking: what is written to one is read from the other.
    package static func pair() throws(SocketError) -> DescriptorPair {
        var ends: (Int32, Int32) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe mp_socket_pair(bytes.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard result >= 0 else { throw .system("socketpair", result) }
        return DescriptorPair(
            first: Descriptor(owning: ends.0), second: Descriptor(owning: ends.1))
    }
}

/// The two ends of a socket pair.
package struct DescriptorPair: ~Copyable {
    package let first: Descriptor
    package let second: Descriptor

    /// Gives the two ends to two owners.
    package consuming func split<Outcome: ~Copyable>(
        _ body: (consuming Descriptor, consuming Descriptor) -> Outcome
    ) -> Outcome {
        body(first, second)
    }
}

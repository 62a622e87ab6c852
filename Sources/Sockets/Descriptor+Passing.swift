internal import CMultiprocessing

extension Descriptor {
    /// Most descriptors that travel with one write: what Linux takes (SCM_MAX_FD).
    package static let passingLimit = Int(MP_PASSING_LIMIT)

    /// Writes to a Unix socket as much of `bytes` (at least one) as it takes now; the descriptors
    /// go with the first of them.  The peer gets descriptors of its own; these stay open.
    ///
    /// - Parameter passengers: at most ``passingLimit``.
    package func write(
        _ bytes: UnsafeRawBufferPointer, passing passengers: [SharedDescriptor]
    ) -> Transfer {
        let numbers = passengers.map { $0.descriptor.raw }
        return unsafe Transfer(
            mp_passing_send(
                raw, bytes.baseAddress, bytes.count, numbers, Int32(clamping: numbers.count)))
    }

    /// Reads from a Unix socket what is there, up to the room given (which must not be empty), and
    /// appends the descriptors that came with it.
    ///
    /// It fails with `EMFILE` if this process may have no more of them; what came is lost then.
    package func read(
        into room: UnsafeMutableRawBufferPointer, accepting passengers: inout [SharedDescriptor]
    ) -> Transfer {
        unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.passingLimit) { list in
            var count: Int32 = 0
            let result = unsafe mp_passing_receive(
                raw, room.baseAddress, room.count, list.baseAddress, &count)
            for place in 0..<Int(count) {
                passengers.append(SharedDescriptor(Descriptor(owning: unsafe list[place])))
            }
            return Transfer(result)
        }
    }

    /// A second descriptor of the same file or socket, closed on exec.
    ///
    /// - Throws: `SocketError` with `tooManyDescriptors`, `system`.
    package func duplicate() throws(SocketError) -> Descriptor {
        try Self.duplicate(raw)
    }

    /// A second descriptor of what a number stands for, which somebody else owns.
    ///
    /// - Throws: `SocketError` with `tooManyDescriptors`, `system` where it stands for nothing.
    package static func duplicate(_ number: Int32) throws(SocketError) -> Descriptor {
        try Descriptor(mp_passing_duplicate(number), from: "fcntl")
    }
}

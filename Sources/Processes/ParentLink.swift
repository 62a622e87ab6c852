internal import CMultiprocessing
internal import Connections
internal import Sockets

/// A child's line to its parent.  It ends when the parent does, however that comes: so it is how a
/// child learns that nobody wants it any more.
///
/// It blocks the thread that uses it; one thread reads, one writes.
package final class ParentLink: Sendable {
    let descriptor: SharedDescriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = SharedDescriptor(descriptor)
    }

    /// Sends the parent a message.
    ///
    /// - Throws: `ProcessError` with `ended`.
    package func send(_ message: [UInt8]) throws(ProcessError) {
        let frame = frameHeader(message.count) + message
        var sent = 0
        while sent < frame.count {
            let transfer = unsafe frame.withUnsafeBytes { bytes in
                unsafe descriptor.descriptor.write(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
            }
            guard case .bytes(let count) = transfer else { throw .parentEnded }
            sent += count
        }
    }

    /// Waits for what the parent sends first: the descriptors for its child.
    ///
    /// - Throws: `ProcessError` with `ended`, `system` where descriptors are missing, or this
    ///   process may have no more of them.
    func receiveLuggage() throws(ProcessError) -> Luggage {
        var passengers: [SharedDescriptor] = []
        let header = try read(4, accepting: &passengers)
        let count = header.reduce(0) { $0 << 8 | Int($1) }
        guard passengers.count == count else {
            throw ProcessError(
                .system, "the parent sent \(count) descriptors, and \(passengers.count) came")
        }
        return Luggage(passengers)
    }

    /// Waits for the parent's next message.
    ///
    /// - Throws: `ProcessError` with `ended`, `system` for what is no frame.
    package func receive() throws(ProcessError) -> [UInt8] {
        var strays: [SharedDescriptor] = []
        let header = try read(4, accepting: &strays)
        let length = header.reduce(0) { $0 << 8 | Int($1) }
        guard length <= FrameHeader.shortLimit else {
            throw ProcessError(.system, "the parent's message is too long")
        }
        return try read(length, accepting: &strays)
    }

    /// Returns when the parent has ended.  What it still says is not read by anybody else.
    package func waitForEnd() {
        while (try? receive()) != nil {}
    }

    /// Whether the parent has ended, which says nothing more.
    var hasEnded: Bool {
        (try? descriptor.descriptor.waitUntilReadable(nanoseconds: 0)) != false
    }

    /// Waits for the end of a parent that says nothing more, without its thread.
    ///
    /// - Returns: false when the time is over.
    /// - Throws: `ProcessError` with `cancelled`, `system`.
    func waitForEnd(timeout: Duration?) async throws(ProcessError) -> Bool {
        do throws(ConnectionError) {
            return try await descriptor.descriptor.becomesReadable(
                "waiting for the parent", within: timeout)
        } catch {
            throw error.code == .cancelled ? .cancelled : .system(error.reason, error)
        }
    }

    /// From now on the parent's end is a SIGTERM for this process, and no thread need wait for it.
    /// The parent says nothing more.
    ///
    /// - Throws: `ProcessError` with `system`.
    package func endBecomesTermination() throws(ProcessError) {
        let result = mp_child_signal_at_end(descriptor.descriptor.raw, MP_SIGTERM)
        guard result >= 0 else {
            let error = SocketError.system("watch the parent", result)
            throw .system(error.reason, error)
        }
    }

    private func read(
        _ count: Int, accepting passengers: inout [SharedDescriptor]
    ) throws(ProcessError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var place = 0
        while place < count {
            let transfer = unsafe bytes.withUnsafeMutableBytes { bytes in
                unsafe descriptor.descriptor.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[place...]),
                    accepting: &passengers)
            }
            guard case .bytes(let got) = transfer else { throw .parentEnded }
            place += got
        }
        return bytes
    }
}

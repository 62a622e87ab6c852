internal import CMultiprocessing
internal import Connections
internal import Sockets

/// A process that forks children of this one: forkserver.c says what is said to it.
final class ForkServer: Sendable {
    private let line: SharedDescriptor

    /// Starts one.
    init() throws(ProcessError) {
        var line: Int32 = -1
        var watch: Int32 = -1
        let identifier = Birth.startProgram(isServer: true, &line, &watch)
        guard identifier >= 0 else { throw .notStarted(identifier) }
        self.line = SharedDescriptor(Descriptor(owning: line))
        do throws(ConnectionError) {
            try ReadyWatch.start(Descriptor(owning: watch)) {
                var end = mp_child_end()
                _ = unsafe mp_child_reap(identifier, &end)
            }
        } catch {
            // Unwatched: it must not stay behind, nor what is left of it.
            _ = mp_child_signal(identifier, MP_SIGKILL)
            mp_child_wait(identifier)
            var end = mp_child_end()
            _ = unsafe mp_child_reap(identifier, &end)
            throw .system(error.reason, error)
        }
    }

    /// Has it do what comes before its first child.
    ///
    /// - Throws: `ProcessError` with `preparationFailed`, `system`, `ended`.
    func prepare(_ preparation: Launch) async throws(ProcessError) {
        try await write([UInt8(ascii: "p")])
        try preparation.sendLuggage(through: line.descriptor)
        let frame = preparation.frame
        try await write(frameHeader(frame.count) + frame)
        guard let result = try await Self.number(through: line.descriptor) else {
            throw .forkServerEnded
        }
        guard result == 0 else { throw .preparationFailed(result) }
    }

    private func write(_ bytes: [UInt8]) async throws(ProcessError) {
        var sent = 0
        while sent < bytes.count {
            let transfer = unsafe bytes.withUnsafeBytes {
                unsafe line.descriptor.write(UnsafeRawBufferPointer(rebasing: $0[sent...]))
            }
            switch transfer {
            case .bytes(let count): sent += count
            case .wouldBlock: try await Self.rest()
            case .endOfFile, .failed: throw .forkServerEnded
            }
        }
    }

    /// It reads as fast as it can; so much at once that it does not keep up is rare.
    private static func rest() async throws(ProcessError) {
        guard (try? await Task.sleep(for: .milliseconds(1))) != nil else { throw .cancelled }
    }

    /// Asks for a child.
    ///
    /// - Returns: nil when the server has ended.
    /// - Throws: `ProcessError` with `system`, `cancelled`.
    func child() async throws(ProcessError) -> Birth? {
        var raw: Int32 = -1
        var result = unsafe mp_fork_server_request(line.descriptor.raw, &raw)
        while result == -MP_EAGAIN {
            try await Self.rest()
            result = unsafe mp_fork_server_request(line.descriptor.raw, &raw)
        }
        if result == -MP_EPIPE || result == -MP_ECONNRESET { return nil }
        guard result >= 0 else { throw .notStarted(result) }
        let link = Descriptor(owning: raw)
        guard let process = try await Self.number(through: link) else { return nil }
        guard process >= 0 else { throw .notStarted(process) }
        let watch = mp_child_watch(process)
        guard watch >= 0 else { throw .notStarted(watch) }
        return Birth(process, link, Descriptor(owning: watch))
    }

    /// The number that comes first through a line; nil at its end.
    private static func number(
        through line: borrowing Descriptor
    ) async throws(ProcessError) -> Int32? {
        let shot = OneShot<Void>()
        do throws(ConnectionError) {
            try ReadyWatch.start(line.second()) { shot.complete(.success(())) }
        } catch {
            throw .system(error.reason, error)
        }
        // A task of its own is cancelled by nobody: who would take leave of the child then?
        await Task { _ = try? await shot.value("waiting for a fork server") }.value
        var number: Int32 = 0
        let transfer = unsafe withUnsafeMutableBytes(of: &number) { unsafe line.read(into: $0) }
        guard case .bytes(MemoryLayout<Int32>.size) = transfer else { return nil }
        return number
    }
}

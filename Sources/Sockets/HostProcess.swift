internal import CMultiprocessing

/// This process, as its system sees it.
package enum HostProcess {
    /// Writes text to standard output at once, so that a reader at the other end of a pipe has it.
    package static func print(_ text: String) throws(SocketError) {
        let bytes = Array(text.utf8)
        let result = unsafe bytes.withUnsafeBytes {
            unsafe mp_write_all(1, $0.baseAddress, $0.count)
        }
        guard result >= 0 else { throw .system("write to standard output", result) }
    }

    /// Writes text to standard error, if anybody is there to read it.
    package static func printError(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe mp_write_all(2, $0.baseAddress, $0.count) }
    }

    /// Writes a line of at most 4 KiB to standard error, unless that would have to be waited for.
    ///
    /// - Returns: whether it was written.
    package static func printErrorIfReady(_ line: [UInt8]) -> Bool {
        unsafe line.withUnsafeBytes { unsafe mp_write_if_ready(2, $0.baseAddress, $0.count) } >= 0
    }

    /// The time of day, for people, as `2026-01-31T12:00:00+0000`. Nothing is decided by it.
    package static var timestamp: String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
            let length = unsafe mp_timestamp(text.baseAddress, text.count)
            return unsafe String(
                decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Whether standard error is a terminal.
    package static var errorsGoToTerminal: Bool { mp_is_terminal(2) != 0 }

    /// The number of the task that runs this code, which no other task has had; 0 outside of tasks.
    package static var taskNumber: UInt { mp_task_number() }

    /// Whether it is a copy of another one, and so has none of Swift's threads.
    package static var isForked: Bool { mp_child_is_forked() }

    /// Ends it, as C's `exit` does.
    package static func end(status: Int32) -> Never {
        mp_exit(status)
    }

    /// From now on a signal does nothing to this process: Ctrl-C in a terminal goes to all of a
    /// program's processes, and its parent decides.
    package static func ignore(_ signal: SignalPipe.Signal) {
        mp_signals_ignore(signal.number)
    }

    /// The bytes of an environment variable, as they are; nil if it is not set.
    package static func environment(_ name: String) -> [UInt8]? {
        guard let value = unsafe name.withCString({ unsafe mp_environment($0) }) else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: value, count: length(value)))
            .map { UInt8(bitPattern: $0) }
    }

    private static func length(_ text: UnsafePointer<CChar>) -> Int {
        var length = 0
        while unsafe text[length] != 0 { length += 1 }
        return length
    }

    /// How many bytes of memory this process may hope for.
    package static var memorySize: Int { Int(clamping: mp_memory_total()) }

    /// Allows this process as many open descriptors as the system lets it have.
    package static func raiseDescriptorLimit() {
        _ = mp_raise_descriptor_limit()
    }
}

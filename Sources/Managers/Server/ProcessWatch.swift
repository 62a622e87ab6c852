internal import HostedObjects
internal import Sockets

/// The processes that have connected by a Unix socket, watched until they end.
struct ProcessWatch {
    private struct Process {
        let id: ProcessID
        let watched: Watched
    }

    /// What becomes readable at its end.
    private final class Watched {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) {
            self.descriptor = descriptor
        }
    }

    /// Tokens from here on, up to the listeners', are processes.
    static let firstToken: UInt64 = 1 << 63

    private var processes: [Int32: Process] = [:]

    /// What the store knows of a process with that number.
    subscript(_ number: Int32) -> ProcessID? { processes[number]?.id }

    /// Watches a process.
    mutating func add(
        _ number: Int32, _ id: ProcessID, _ descriptor: consuming Descriptor,
        _ poller: borrowing Poller
    ) throws(SocketError) {
        let watched = Watched(descriptor)
        try poller.add(
            watched.descriptor.raw, token: Self.firstToken + UInt64(number), interest: .read)
        processes[number] = Process(id: id, watched: watched)
    }

    /// Watches no more the process of a token, which has ended.
    ///
    /// - Returns: which it was, and whether it is known that a signal has ended it.
    mutating func remove(
        _ token: UInt64, _ poller: borrowing Poller
    ) -> (id: ProcessID, wasKilled: Bool)? {
        let number = Int32(token - Self.firstToken)
        guard let process = processes.removeValue(forKey: number) else { return nil }
        poller.remove(process.watched.descriptor.raw)
        return (process.id, process.watched.descriptor.processWasKilled(number) ?? false)
    }
}

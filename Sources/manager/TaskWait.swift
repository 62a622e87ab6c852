import Sockets
import Synchronization

/// Waits on the calling thread for what a task does.
///
/// The command's `main` is not async, because that starts threads before it is known whether any
/// is wanted, and `serve` is faster as the only thread of its process.
///
/// - Parameters:
///   - work: what it does.
///   - onInterrupt: what the first Ctrl-C does, instead of ending the process; the second ends it.
func waitForTask(
    _ work: @escaping @Sendable () async throws -> Void, onInterrupt: (() -> Void)? = nil
) throws {
    let poller = try Poller()
    let signals = try SignalPipe(onInterrupt == nil ? [] : [.interrupt])
    try poller.add(signals.descriptor.raw, token: 0, interest: .read)
    var isInterrupted = false
    let outcome = TaskOutcome(poller.waker)
    // Not loose: this function ends when it does.
    Task.detached {
        do {
            try await work()
            outcome.set(.success(()))
        } catch {
            outcome.set(.failure(error))
        }
    }
    while true {
        if let result = outcome.value { return try result.get() }
        try poller.wait(timeout: nil) { _, _ in }
        guard signals.next() != nil else { continue }
        if isInterrupted { HostProcess.end(status: 130) }
        isInterrupted = true
        onInterrupt?()
    }
}

/// What a task comes to, for a thread that waits.
private final class TaskOutcome: Sendable {
    private let result = Mutex<Result<Void, any Error>?>(nil)
    private let waker: Waker

    init(_ waker: Waker) {
        self.waker = waker
    }

    var value: Result<Void, any Error>? { result.withLock { $0 } }

    func set(_ value: Result<Void, any Error>) {
        result.withLock { $0 = value }
        waker.wake()
    }
}

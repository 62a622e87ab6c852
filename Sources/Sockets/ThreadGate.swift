internal import CMultiprocessing
internal import Synchronization

/// What a thread of one's own waits for, once, and anybody opens.
package final class ThreadGate: Sendable {
    private let bell: Descriptor

    /// - Throws: `.tooManyDescriptors`, `.system`.
    package init() throws(SocketError) {
        bell = try Descriptor(mp_bell_create(), from: "eventfd")
    }

    /// Lets through who waits.
    package func open() {
        mp_bell_ring(bell.raw)
    }

    /// Holds the calling thread up until it is open.
    package func wait() {
        // Only a descriptor that is none could fail, and this one is owned.
        _ = try? bell.waitUntilReadable(nanoseconds: -1)
    }
}

extension ThreadGate {
    /// Does something asynchronous, and holds the calling thread up until it is done.
    ///
    /// - Parameter start: starts it: the thread that waits is no task, so there is none whose child
    ///   this could be.
    /// - Throws: `.tooManyDescriptors`, `.system`; then it has not been done.
    package static func wait<Outcome: Sendable>(
        for body: @escaping @Sendable () async -> Outcome,
        startedBy start: (@escaping @Sendable () async -> Void) -> Void
    ) throws(SocketError) -> Outcome {
        let gate = try ThreadGate()
        let outcome = Mutex<Outcome?>(nil)
        start {
            let value = await body()
            outcome.withLock { $0 = value }
            gate.open()
        }
        while true {
            gate.wait()
            if let value = outcome.withLock({ $0 }) { return value }
        }
    }
}

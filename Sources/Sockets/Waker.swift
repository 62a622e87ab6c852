internal import CMultiprocessing
internal import Synchronization

/// The bell of a poller: any thread may ring it, and the poller's `wait` returns.
///
/// Rings between two waits count as one and cost one system call.
package final class Waker: Sendable {
    let bell: Descriptor
    private let rung = Atomic<Bool>(false)

    init() throws(SocketError) {
        bell = try Descriptor(mp_bell_create(), from: "eventfd")
    }

    /// Makes the poller's current or next `wait` return.  What was written before the call is seen
    /// by the poller's thread after that return.
    package func wake() {
        if !rung.exchange(true, ordering: .acquiringAndReleasing) {
            mp_bell_ring(bell.raw)
        }
    }

    /// Silences the bell; on the poller's thread, before it looks at what the ringers left.
    func silence() {
        mp_bell_silence(bell.raw)
        _ = rung.exchange(false, ordering: .acquiringAndReleasing)
    }
}

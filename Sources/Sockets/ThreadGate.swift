internal import CMultiprocessing

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

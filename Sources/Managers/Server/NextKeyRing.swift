internal import Sockets
internal import Synchronization

/// The key ring that a running server is to take, left here by any thread.
final class NextKeyRing: Sendable {
    private let isLeft = Atomic(false)
    private let ring = Mutex<KeyRing?>(nil)
    private let waker: Waker

    init(_ waker: Waker) {
        self.waker = waker
    }

    /// Whether there is one.
    var isThere: Bool { isLeft.load(ordering: .acquiring) }

    /// Leaves a ring, instead of one that has not been taken yet.
    func leave(_ next: KeyRing) {
        ring.withLock { ring in
            ring = next
            isLeft.store(true, ordering: .releasing)
        }
        waker.wake()
    }

    func take() -> KeyRing? {
        ring.withLock { ring in
            isLeft.store(false, ordering: .releasing)
            return ring.take()
        }
    }
}

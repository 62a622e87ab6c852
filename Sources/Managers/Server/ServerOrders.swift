internal import Sockets
internal import Synchronization

/// What is asked of a server that runs, from any thread, besides to stop.
enum ServerOrder: Sendable {
    /// To let in those of another key ring.
    case replaceKeyRing(KeyRing)
}

/// Where the loop finds what was asked.
final class ServerOrders: Sendable {
    private let isAsked = Atomic(false)
    private let orders = Mutex<[ServerOrder]>([])
    private let waker: Waker

    init(_ waker: Waker) {
        self.waker = waker
    }

    /// Whether something has been asked.
    var areThere: Bool { isAsked.load(ordering: .acquiring) }

    func add(_ order: ServerOrder) {
        orders.withLock { orders in
            orders.append(order)
            isAsked.store(true, ordering: .releasing)
        }
        waker.wake()
    }

    func take() -> [ServerOrder] {
        orders.withLock { orders in
            isAsked.store(false, ordering: .releasing)
            defer { orders = [] }
            return orders
        }
    }
}

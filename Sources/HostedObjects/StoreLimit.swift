/// A limit of a store, by the name that it has in settings, metrics and the log.
package enum StoreLimit: String, Sendable, CaseIterable {
    case objects, pendingNames, objectBytes, bytes, elements, queueLength, waiters, replySize
    case requestsInFlight, expansion, owners, leases, pickles
}

/// How often each limit was reached.
package struct ReachedLimits: Sendable, Hashable {
    private var counts: [StoreLimit: Int] = [:]

    /// Whether any was.
    package var isAny: Bool { !counts.isEmpty }

    package subscript(_ limit: StoreLimit) -> Int { counts[limit] ?? 0 }

    mutating func note(_ limit: StoreLimit) { counts[limit, default: 0] += 1 }
}

extension Failure {
    /// A limit was reached, and nothing has been changed.
    static func overLimit(_ limit: StoreLimit, _ what: String) -> Failure {
        var failure = Failure("MemoryError", "over the limit: \(what)")
        failure.limit = limit
        return failure
    }
}

#if Metrics
    internal import Metrics

    /// What a server tells swift-metrics, once a second. The loop counts in plain numbers.
    ///
    /// docs/OBSERVING.md names what is told.
    struct ServerMetrics {
        private static let interval: Int64 = 1_000_000_000

        /// When the next report is due, on the monotonic clock.
        private(set) var due: Int64 = 0
        private var requests = 0
        private var accepted = 0
        private var refused = 0
        /// How often each limit was reached.
        private var limits: [String: Int] = [:]

        private let connections = Gauge(label: "multiprocessing.server.connections")
        private let objects = Gauge(label: "multiprocessing.server.objects")
        private let bytes = Gauge(label: "multiprocessing.server.bytes")
        private let waiters = Gauge(label: "multiprocessing.server.waiters")
        private let requestsCounter = Counter(label: "multiprocessing.server.requests")
        private let acceptedCounter = Counter(label: "multiprocessing.server.connections.accepted")
        private let refusedCounter = Counter(label: "multiprocessing.server.connections.refused")

        /// A request has come.
        @inline(__always)
        mutating func requestCame() { requests += 1 }

        /// A connection has been accepted.
        mutating func connectionCame() { accepted += 1 }

        /// A peer has been refused, or dropped before it had authenticated.
        mutating func peerWasRefused() { refused += 1 }

        /// A limit has been reached, once or more often.
        mutating func limitWasReached(_ name: String, times: Int) {
            limits[name, default: 0] += times
        }

        /// Tells what there is and what has come since the last report.
        mutating func report(
            connections: Int, objects: Int, bytes: Int, waiters: Int, at now: Int64
        ) {
            self.connections.record(connections)
            self.objects.record(objects)
            self.bytes.record(bytes)
            self.waiters.record(waiters)
            for (name, times) in limits {
                Counter(label: "multiprocessing.server.limits", dimensions: [("limit", name)])
                    .increment(by: times)
            }
            limits = [:]
            requestsCounter.increment(by: requests)
            acceptedCounter.increment(by: accepted)
            refusedCounter.increment(by: refused)
            (requests, accepted, refused) = (0, 0, 0)
            due = now + Self.interval
        }
    }
#else
    /// Nothing: the package's trait `Metrics` is off.
    struct ServerMetrics {
        let due = Int64.max

        @inline(__always)
        func requestCame() {}
        func connectionCame() {}
        func peerWasRefused() {}
        func limitWasReached(_ name: String, times: Int) {}
        func report(
            connections: Int, objects: Int, bytes: Int, waiters: Int, at now: Int64
        ) {}
    }
#endif

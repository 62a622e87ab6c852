#if Metrics
    internal import Metrics
    internal import Sockets
    internal import Synchronization

    /// The time that a call takes, as a timer of swift-metrics: `multiprocessing.client.calls`, one
    /// for each method and outcome.
    struct CallTiming {
        static let isOn = true

        private struct Key: Hashable {
            let method: String
            let outcome: String
        }

        /// Methods from this number on are told together, so that a program that calls methods
        /// without end does not fill its metrics.
        private static let limit = 1024

        private static let timers = Mutex<[Key: Timer]>([:])

        private let method: String
        private let start = MonotonicClock.nanoseconds

        init(_ method: String) {
            self.method = method
        }

        func end(_ outcome: String) {
            let time = MonotonicClock.nanoseconds - start
            Self.timer(Key(method: method, outcome: outcome)).recordNanoseconds(time)
        }

        private static func timer(_ key: Key) -> Timer {
            timers.withLock { timers in
                if let timer = timers[key] { return timer }
                let told = timers.count < limit ? key : Key(method: "other", outcome: key.outcome)
                if let timer = timers[told] { return timer }
                let timer = Timer(
                    label: "multiprocessing.client.calls",
                    dimensions: [("method", told.method), ("outcome", told.outcome)])
                timers[told] = timer
                return timer
            }
        }
    }
#else
    /// Nothing: the package's trait `Metrics` is off.
    struct CallTiming {
        static let isOn = false

        init(_ method: String) {}
        func end(_ outcome: String) {}
    }
#endif

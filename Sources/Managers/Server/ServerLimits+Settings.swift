extension ServerLimits {
    /// A limit by its name: for a command line, a configuration, a table.
    public struct Setting: Sendable {
        /// What a limit's number counts.
        public enum Unit: String, Sendable {
            /// Things: `1024`.
            case count
            /// Bytes: `4096`, `64K`, `16M`, `1G`, `2T`.
            case bytes
            /// Time: `500ms`, `10s`, `5m`, `2h`.
            case time
        }

        private enum Place: Sendable {
            case number(any WritableKeyPath<ServerLimits, Int> & Sendable)
            case time(any WritableKeyPath<ServerLimits, Duration> & Sendable)
        }

        /// The property's name: `connectionsPerPeer`.
        public let name: String
        /// What its number counts.
        public let unit: Unit
        private let place: Place

        fileprivate init(
            _ name: String, _ unit: Unit,
            _ path: any WritableKeyPath<ServerLimits, Int> & Sendable
        ) {
            self.name = name
            self.unit = unit
            place = .number(path)
        }

        fileprivate init(
            _ name: String, _ path: any WritableKeyPath<ServerLimits, Duration> & Sendable
        ) {
            self.name = name
            unit = .time
            place = .time(path)
        }

        /// The limit's value, as ``set(_:in:)`` takes it.
        public func text(in limits: ServerLimits) -> String {
            switch place {
            case .number(let path):
                let number = limits[keyPath: path]
                guard unit == .bytes else { return "\(number)" }
                let scale = Self.byteScales.last { number > 0 && number.isMultiple(of: $0.factor) }
                return scale.map { "\(number / $0.factor)\($0.suffix)" } ?? "\(number)"
            case .time(let path):
                let (seconds, fraction) = limits[keyPath: path].components
                let milliseconds = fraction / 1_000_000_000_000_000
                return milliseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + milliseconds)ms"
            }
        }

        /// Changes the limit.
        ///
        /// - Throws: ``ManagerError`` with `invalidLimit`, where the text is no value of it.
        public func set(_ text: String, in limits: inout ServerLimits) throws(ManagerError) {
            switch place {
            case .number(let path):
                let scales = unit == .bytes ? Self.byteScales : []
                guard let number = Self.number(text, scales) else {
                    throw ManagerError(
                        .invalidLimit,
                        "\(name): '\(text)' is no number"
                            + (unit == .bytes ? " of bytes, as 4096, 64K, 16M, 1G or 2T" : ""))
                }
                limits[keyPath: path] = number
            case .time(let path):
                guard let number = Self.number(text, Self.timeScales) else {
                    throw ManagerError(
                        .invalidLimit, "\(name): '\(text)' is no time, as 500ms, 10s, 5m or 2h")
                }
                limits[keyPath: path] = .milliseconds(number)
            }
        }

        private typealias Scale = (suffix: String, factor: Int)
        private static let byteScales: [Scale] = [
            ("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30), ("T", 1 << 40),
        ]
        // The first whose suffix fits counts.
        private static let timeScales: [Scale] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
        ]

        /// A number not below 0, perhaps with a suffix. Without one a number counts itself, but of
        /// times only 0.
        private static func number(_ text: String, _ scales: [Scale]) -> Int? {
            let scale = scales.first { text.hasSuffix($0.suffix) }
            let digits = text.dropLast(scale?.suffix.count ?? 0)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
                let number = Int(digits)
            else { return nil }
            guard let scale else {
                return scales.contains { $0.suffix == "ms" } && number != 0 ? nil : number
            }
            let (scaled, overflow) = number.multipliedReportingOverflow(by: scale.factor)
            return overflow ? nil : scaled
        }
    }

    /// All limits, in the order of their properties.
    public static let settings: [Setting] = [
        Setting("connections", .count, \.connections),
        Setting("connectionsPerPeer", .count, \.connectionsPerPeer),
        Setting("pendingHandshakes", .count, \.pendingHandshakes),
        Setting("handshakeTimeout", \.handshakeTimeout),
        Setting("slowedAttempts", .count, \.slowedAttempts),
        Setting("attemptDelay", \.attemptDelay),
        Setting("failedAttempts", .count, \.failedAttempts),
        Setting("idleTime", \.idleTime),
        Setting("keepAliveIdle", \.keepAliveIdle),
        Setting("keepAliveInterval", \.keepAliveInterval),
        Setting("keepAliveQuestions", .count, \.keepAliveQuestions),
        Setting("unacknowledgedTimeout", \.unacknowledgedTimeout),
        Setting("messageSize", .bytes, \.messageSize),
        Setting("replySize", .bytes, \.replySize),
        Setting("requestsInFlight", .count, \.requestsInFlight),
        Setting("unreadReplies", .bytes, \.unreadReplies),
        Setting("unreadRepliesInAll", .bytes, \.unreadRepliesInAll),
        Setting("bufferedReplies", .bytes, \.bufferedReplies),
        Setting("objects", .count, \.objects),
        Setting("bytes", .bytes, \.bytes),
        Setting("objectBytes", .bytes, \.objectBytes),
        Setting("elements", .count, \.elements),
        Setting("queueLength", .count, \.queueLength),
        Setting("waiters", .count, \.waiters),
        Setting("leases", .count, \.leases),
        Setting("longestLease", \.longestLease),
        Setting("drainTimeout", \.drainTimeout),
    ]

    /// Changes the limit of that name.
    ///
    /// - Throws: ``ManagerError`` with `invalidLimit`, where there is none, or the text is no value
    ///   of it.
    public mutating func set(_ name: String, to text: String) throws(ManagerError) {
        guard let setting = Self.settings.first(where: { $0.name == name }) else {
            let names = Self.settings.map(\.name).joined(separator: ", ")
            throw ManagerError(.invalidLimit, "there is no limit '\(name)'; there are \(names)")
        }
        try setting.set(text, in: &self)
    }
}

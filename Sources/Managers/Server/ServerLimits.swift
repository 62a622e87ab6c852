/// What the peers of a server may make it spend, each limit with its unit.
public struct ServerLimits: Sendable, Hashable, Codable {
    /// The longest request, in bytes of its pickle. Default: 1 GiB.
    public var messageSize = 1 << 30
    /// How long a peer may take to authenticate. Default: 10 seconds.
    public var handshakeTimeout = Duration.seconds(10)
    /// How many peers may be authenticating at once; when one more comes, the one that has taken
    /// longest is dropped. Default: 1024.
    public var pendingHandshakes = 1024
    /// How many connections there may be at once; further ones are closed at once. Default:
    /// 100,000.
    public var connections = 100_000
    /// How many bytes of replies wait for a client that reads slowly before nothing more is read
    /// from it. Default: 1 MiB. One reply may be longer.
    public var unreadReplies = 1 << 20
    /// How many objects may be hosted at once. Default: 1,048,576.
    public var objects = 1 << 20
    /// How long a server that stops goes on writing replies. Default: 2 seconds.
    public var drainTimeout = Duration.seconds(2)

    /// The defaults.
    public init() {}
}

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
    /// After how long a silence TCP asks a peer whether it is there, and then every
    /// ``keepAliveInterval``, until ``keepAliveQuestions`` went unanswered: then its connection
    /// ends. So what a client held is free whose host is gone without a word. Whole seconds, at
    /// most 32,767; zero for never. Default: 30 seconds. (Swift clients tell by themselves:
    /// `ClientLimits.keepAliveInterval`.)
    public var keepAliveIdle = Duration.seconds(30)
    /// How long there is between two such questions. Whole seconds, at most 32,767. Default: 10
    /// seconds.
    public var keepAliveInterval = Duration.seconds(10)
    /// After how many questions without an answer a peer is gone, at most 127. Default: 3.
    public var keepAliveQuestions = 3
    /// How long a reply that was sent over TCP may go without an acknowledgement before the
    /// connection ends; zero for as long as the system likes. Default: 60 seconds.
    public var unacknowledgedTimeout = Duration.seconds(60)
    /// How many leases there may be at once, and how many permits of one semaphore that are known
    /// by their tokens. Default: 1,048,576.
    public var leases = 1 << 20
    /// The longest lease. Default: a day.
    public var longestLease = Duration.seconds(86_400)
    /// How long a server that stops goes on writing replies. Default: 2 seconds.
    public var drainTimeout = Duration.seconds(2)

    /// The defaults.
    public init() {}
}

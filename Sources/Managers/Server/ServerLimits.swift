internal import Sockets

/// What the peers of a server may make it spend, each limit with its unit. docs/LIMITS.md says what
/// happens at each of them; ``settings`` has them by their names.
public struct ServerLimits: Sendable, Hashable, Codable {
    // MARK: Peers

    /// How many connections there may be at once; further ones are closed at once. Default:
    /// 100,000.
    public var connections = 100_000
    /// How many of them may be one peer's: those of an address, or over Unix sockets of a user. Of
    /// IPv6 the first 64 bits count. Default: 50,000.
    public var connectionsPerPeer = 50_000
    /// How many peers may be authenticating at once; when one more comes, the one that has taken
    /// longest is dropped. Default: 1024.
    public var pendingHandshakes = 1024
    /// How long a peer may take to authenticate. Default: 10 seconds.
    public var handshakeTimeout = Duration.seconds(10)
    /// From how many wrong keys a minute on a peer waits for its refusal. Default: 10.
    public var slowedAttempts = 10
    /// How long it waits then. Default: 1 second.
    public var attemptDelay = Duration.seconds(1)
    /// From how many wrong keys a minute on new connections of a peer are closed at once, until it
    /// has been quiet for a while. Default: 100.
    public var failedAttempts = 100
    /// How long a client may be silent that waits for nothing; 0 for as long as it likes. Default:
    /// 0.
    public var idleTime = Duration.zero
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

    // MARK: Requests and replies

    /// The longest request, in bytes of its pickle. Default: 1 GiB.
    public var messageSize = 1 << 30
    /// The longest reply to a call that changes nothing, in bytes of its pickle. Default: 1 GiB.
    public var replySize = 1 << 30
    /// How many requests a client may have under way on one tagged connection. On a plain one it is
    /// one at a time, whatever it has sent. Default: 65,536.
    public var requestsInFlight = 1 << 16
    /// How many bytes of replies wait for a client that reads slowly before nothing more is read
    /// from it. Default: 1 MiB. One reply may be longer.
    public var unreadReplies = 1 << 20
    /// How many bytes of replies wait for all clients that read slowly before no client is read
    /// that has anything to read; and one that has more than ``unreadReplies``, and is brought more
    /// by a call that had waited, ends. Default: a quarter of the memory that the machine has, or
    /// the control group.
    public var unreadRepliesInAll = HostProcess.memorySize / 4
    /// From how many bytes of replies on, as calls that had waited may bring them to a client that
    /// does not read, its connection ends; what it has not been sent goes back. One reply may be
    /// longer. Default: 256 MiB.
    public var bufferedReplies = 1 << 28

    // MARK: What is shared

    /// How many objects may be hosted at once. Default: 1,048,576.
    public var objects = 1 << 20
    /// How many bytes all objects may hold. Default: three quarters of the memory that the machine
    /// has, or the control group.
    public var bytes = Self.mostMemory
    /// How many bytes one object may hold. Default: 4 GiB.
    public var objectBytes = 1 << 32
    /// How many elements a list, a dict, a set or an array may have. Default: 268,435,456.
    public var elements = 1 << 28
    /// How many items may stand in a queue, whatever its `maxsize`. Default: 16,777,216.
    public var queueLength = 1 << 24
    /// How many calls may wait at once. Default: 1,048,576.
    public var waiters = 1 << 20
    /// How many leases there may be at once, and how many permits of one semaphore that are known
    /// by their tokens. Default: 1,048,576.
    public var leases = 1 << 20
    /// The longest lease. Default: a day.
    public var longestLease = Duration.seconds(86_400)

    // MARK: The end

    /// How long a server that stops goes on writing replies. Default: 2 seconds.
    public var drainTimeout = Duration.seconds(2)

    /// The defaults.
    public init() {}

    private static let mostMemory = HostProcess.memorySize / 4 * 3
}

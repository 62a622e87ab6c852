/// What a client of a manager spends, and how long it waits: each limit with its unit.
public struct ClientLimits: Sendable, Hashable {
    /// How long a connection may take to open, its handshake included. Default: 20 seconds, as
    /// CPython's.
    public var connectTimeout = Duration.seconds(20)
    /// How long calls wait for a server to come back that was there and is away; zero to fail at
    /// once. Default: 5 seconds. (``Manager/connect(to:authkey:limits:allowsLegacy:)`` never waits
    /// for one.)
    public var reconnectTimeout = Duration.seconds(5)
    /// How long the server may take to answer a call, not counting the time for which the call was
    /// told to wait; nil for as long as it takes, as in CPython. A call that is given up may still
    /// be carried out. Default: nil.
    public var callTimeout: Duration?
    /// How often this client tells a server of this house, where that sees no processes (over TCP),
    /// that it is there. A server that has heard nothing for three times as long takes it for gone,
    /// and what it held is free. Zero for never. Default: 10 seconds.
    public var keepAliveInterval = Duration.seconds(10)
    /// The longest reply, in bytes. Default: 1 GiB.
    public var messageSize = 1 << 30
    /// How many connections are kept open for the next calls that wait. Default: 16.
    public var idleConnections = 16
    /// How long ``Manager/close()`` goes on giving back objects. Default: 5 seconds.
    public var closeTimeout = Duration.seconds(5)
    /// How long ``Manager/shutdown()`` waits for a server that it has started, before it sends
    /// SIGTERM, and again before it sends SIGKILL. Default: 1 second, as CPython's.
    public var shutdownTimeout = Duration.seconds(1)
    /// A server that does not see that a waiting client has gone (CPython's) is asked to wait no
    /// longer than this at once, again and again. Default: half a second.
    public var waitSlice = Duration.milliseconds(500)

    /// The defaults.
    public init() {}
}

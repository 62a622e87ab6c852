package import Sockets

extension Connection {
    /// Makes two connections that are each other's peer.  Give one of them to a child process, or
    /// send it through another connection.
    ///
    /// - Parameters:
    ///   - duplex: whether both send and receive; else the first only receives, and the second only
    ///     sends.
    ///   - messageSizeLimit: most bytes of a message that is received, at either end, wherever that
    ///     has been sent.  It may be above 2 GiB: such messages have a longer header, as CPython's.
    /// - Throws: `ConnectionError`: `.tooManyDescriptors`, `.system`.
    /// - Note: A pipe reads nothing before somebody asks for a message here, so that another
    ///   process that is given this end gets all of them.
    public static func pipe(
        duplex: Bool = true, messageSizeLimit: Int = defaultMessageSizeLimit
    ) throws(ConnectionError) -> (Connection, Connection) {
        let loop = try IOLoop.shared()
        var (first, second) = (Channel.Setup.ofPipe(), Channel.Setup.ofPipe())
        first.messageSizeLimit = messageSizeLimit
        second.messageSizeLimit = messageSizeLimit
        if !duplex { (first.direction, second.direction) = (.receiving, .sending) }
        do throws(SocketError) {
            return try Descriptor.pair().split { one, other in
                (Connection(one, first, loop), Connection(other, second, loop))
            }
        } catch {
            throw ConnectionError(error)
        }
    }

    /// Takes over one of two connected stream sockets, non-blocking, whose other end asks for no
    /// key because nobody else can have it.
    package static func over(
        _ descriptor: consuming Descriptor, messageSizeLimit: Int = defaultMessageSizeLimit
    ) throws(ConnectionError) -> Connection {
        var setup = Channel.Setup.ofPipe()
        setup.messageSizeLimit = messageSizeLimit
        setup.readsAtOnce = true
        return Connection(descriptor, setup, try IOLoop.shared())
    }

    /// Takes over a connected socket.
    convenience init(_ descriptor: consuming Descriptor, _ setup: Channel.Setup, _ loop: IOLoop) {
        let channel = Channel(descriptor, loop: loop, setup: setup)
        channel.start(deadline: .max, timeout: .zero) { _ in }
        self.init(channel)
    }
}

extension Channel.Setup {
    /// That of one end of a new pipe.
    static func ofPipe() -> Channel.Setup {
        Channel.Setup(
            isTCP: false, messageSizeLimit: Connection.defaultMessageSizeLimit,
            carriesLuggage: true, readsAtOnce: false)
    }
}

package import Sockets

extension Connection {
    /// Takes over one of two connected stream sockets, non-blocking, whose other end asks for no
    /// key because nobody else can have it.
    package static func over(
        _ descriptor: consuming Descriptor, messageSizeLimit: Int = defaultMessageSizeLimit
    ) throws(ConnectionError) -> Connection {
        let setup = Channel.Setup(
            handshake: nil, isTCP: false, messageSizeLimit: messageSizeLimit,
            inboxByteLimit: inboxByteLimit)
        let channel = Channel(descriptor, loop: try IOLoop.shared(), setup: setup)
        channel.start(deadline: .max, timeout: .zero) { _ in }
        return Connection(channel)
    }
}

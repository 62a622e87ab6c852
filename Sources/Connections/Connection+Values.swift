internal import Pickle

// Messages that are pickled values: CPython's `send` and `recv`.
extension Connection {
    /// Sends a value as one message, which Python reads with `recv`, and returns when the system
    /// has taken all of it.  How it is pickled says `PickleEncoder`.
    ///
    /// Connections, listeners, descriptors and shared objects in it stay usable here too.
    ///
    /// - Throws: `ConnectionError`: `.encoding` where it cannot be encoded, or holds what cannot
    ///   travel this way (a descriptor over TCP); `.closed`, `.notWritable`, `.cancelled`.
    public func send(_ value: some Encodable) async throws(ConnectionError) {
        try await channel.send(try channel.message(of: value))
    }

    /// Waits for the next message, and reads it as a value that Python, or `send`, has sent.
    ///
    /// - Parameters:
    ///   - type: what it must be.  A `PickleValue` is anything.
    ///   - timeout: how long to wait; nil for as long as it takes.
    /// - Throws: `ConnectionError` as `receiveBytes`, and `.encoding` where the message is no such
    ///   value: it has been taken then.
    /// - Note: CPython's `recv` runs what the message says.  This one reads data.
    public func receive<Value: Decodable>(
        _ type: Value.Type = Value.self, timeout: Duration? = nil
    ) async throws(ConnectionError) -> Value {
        try channel.value(of: try await receiveMessage(timeout: timeout))
    }
}

extension Channel {
    /// The message that a value is, with its luggage where there may be some.
    fileprivate func message(of value: some Encodable) throws(ConnectionError) -> Message {
        var encoder = PickleEncoder()
        let luggage = setup.carriesLuggage ? Luggage() : nil
        if let luggage { encoder.userInfo[Luggage.key] = luggage }
        do {
            return Message(try encoder.encode(value), luggage: luggage?.descriptors ?? [])
        } catch {
            throw .encoding("the value cannot be sent", error)
        }
    }

    /// The value that a message is.
    fileprivate func value<Value: Decodable>(
        of message: Message
    ) throws(ConnectionError) -> Value {
        var decoder = PickleDecoder()
        if setup.carriesLuggage { decoder.userInfo[Luggage.key] = Luggage(message.luggage) }
        do {
            return try decoder.decode(Value.self, from: message.bytes)
        } catch {
            throw .encoding("the message is no \(Value.self)", error)
        }
    }
}

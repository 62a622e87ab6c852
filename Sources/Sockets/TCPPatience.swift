internal import CMultiprocessing

/// How TCP finds out that a peer is gone that says nothing more, not even that it goes.
package struct TCPPatience: Sendable, Hashable {
    /// After how long a silence it is asked whether it is there; zero for never. Whole seconds.
    package var idle: Duration
    /// How long there is between two such questions. Whole seconds.
    package var interval: Duration
    /// After how many of them without an answer it is gone.
    package var questions: Int
    /// How long what was sent may go without an acknowledgement; zero for as long as the system
    /// likes. Milliseconds.
    package var unacknowledged: Duration

    package init(idle: Duration, interval: Duration, questions: Int, unacknowledged: Duration) {
        self.idle = idle
        self.interval = interval
        self.questions = questions
        self.unacknowledged = unacknowledged
    }
}

extension Descriptor {
    /// Sets it for a TCP socket; those that a listening one accepts have it too.
    ///
    /// - Throws: `.system` for numbers that the system does not take: over 32,767 seconds, or 127
    ///   questions.
    package func set(_ patience: TCPPatience) throws(SocketError) {
        if patience.idle > .zero {
            let result = mp_socket_keep_alive(
                raw, patience.idle.wholeSeconds, patience.interval.wholeSeconds,
                Int32(clamping: patience.questions))
            guard result >= 0 else { throw .system("setsockopt", result) }
        }
        guard patience.unacknowledged > .zero else { return }
        let milliseconds = patience.unacknowledged.nanosecondsRoundedUp / 1_000_000
        let result = mp_socket_user_timeout(raw, UInt32(clamping: max(1, milliseconds)))
        guard result >= 0 else { throw .system("setsockopt", result) }
    }

    /// What is set for a TCP socket.
    package func patience() throws(SocketError) -> TCPPatience {
        var settings = [Int32](repeating: 0, count: 4)
        let result = unsafe settings.withUnsafeMutableBufferPointer {
            unsafe mp_socket_patience(raw, $0.baseAddress)
        }
        guard result >= 0 else { throw .system("getsockopt", result) }
        return TCPPatience(
            idle: .seconds(settings[0]), interval: .seconds(settings[1]),
            questions: Int(settings[2]), unacknowledged: .milliseconds(settings[3]))
    }
}

extension Duration {
    /// Rounded up, and at least one.
    fileprivate var wholeSeconds: Int32 {
        let (seconds, rest) = components
        return Int32(clamping: max(1, seconds + (rest > 0 ? 1 : 0)))
    }
}

internal import CMultiprocessing

/// Signals as something to poll: each one that arrives becomes readable on `descriptor`.
///
/// Handlers are installed, nothing is blocked, so it works whatever threads already run, and
/// children start with the default actions.  The thread that makes the pipe has its signals
/// unblocked, whatever it has inherited.  One pipe at a time may hold a signal.
package struct SignalPipe: ~Copyable, Sendable {
    /// The signals a server listens to.
    package enum Signal: Equatable, Sendable, CaseIterable {
        case hangUp, interrupt, terminate, brokenPipe

        package var number: Int32 {
            switch self {
            case .hangUp: MP_SIGHUP
            case .interrupt: MP_SIGINT
            case .terminate: MP_SIGTERM
            case .brokenPipe: MP_SIGPIPE
            }
        }

        /// As `kill` would from outside.
        package func sendToThisProcess() throws(SocketError) {
            let result = mp_signals_raise(number)
            guard result >= 0 else { throw .system("kill", result) }
        }
    }

    /// Becomes readable when a signal has come.  Add it to a poller, then call `next()`.
    package let descriptor: Descriptor
    private let writeEnd: Descriptor
    private let signals: [Signal]

    /// Catches the signals from now until this value ends, then restores their default actions.
    package init(_ signals: [Signal]) throws(SocketError) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe mp_signals_pipe(bytes.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard result >= 0 else { throw .system("pipe", result) }
        let readEnd = Descriptor(owning: ends.0)
        let writeEnd = Descriptor(owning: ends.1)
        for (index, signal) in signals.enumerated() {
            let routed = mp_signals_route(signal.number, writeEnd.raw)
            if routed < 0 {
                for signal in signals[..<index] { mp_signals_restore(signal.number) }
                throw .system("sigaction", routed)
            }
        }
        descriptor = readEnd
        self.writeEnd = writeEnd
        self.signals = signals
    }

    deinit {
        for signal in signals { mp_signals_restore(signal.number) }
    }

    /// Gives the signals back now.
    package consuming func close() {}

    /// The next signal that came, or nil.
    package func next() -> Signal? {
        let number = mp_signals_next(descriptor.raw)
        return Signal.allCases.first { $0.number == number }
    }
}

internal import Connections

/// A connection that serves calls: a tagged one of a server of this house, where any number are
/// under way at once, or a plain one, where replies come in the order of the requests.
protocol CallLine: AnyObject, Sendable {
    /// Whether more can be asked, as far as is known.
    var isUsable: Bool { get }

    /// Asks, and waits for the reply.
    ///
    /// - Parameters:
    ///   - owner: whose call it is, by its number; 0 is the connection's, and the only one of a
    ///     plain line.
    ///   - keepsOutcome: whether the server is to keep the outcome; a plain one's does not.
    ///   - onInterruption: what to do when the task is cancelled, or the time is over.
    ///   - timeout: how long the server may take; nil for as long as it takes.
    func exchange(
        _ request: [UInt8], owner: UInt32, keepsOutcome: Bool,
        onInterruption: ExchangeInterruption, timeout: Duration?
    ) async throws(ConnectionError) -> [UInt8]

    /// Closes it: whoever waits gets `.closed`, and so does whoever asks later.
    func close()
}

extension TaggedLine: CallLine {
    func exchange(
        _ request: [UInt8], owner: UInt32, keepsOutcome: Bool,
        onInterruption: ExchangeInterruption, timeout: Duration?
    ) async throws(ConnectionError) -> [UInt8] {
        try await exchange(
            request, owner: owner, keepsOutcome: keepsOutcome, onInterruption: onInterruption,
            timeout: timeout, isReturn: false)
    }
}

/// A tagged line for who gives something back, or asks what came of a call: also while this end
/// closes it.
final class ReturnLine: CallLine {
    private let line: TaggedLine

    init(_ line: TaggedLine) { self.line = line }

    var isUsable: Bool { line.takesReturns }

    func exchange(
        _ request: [UInt8], owner: UInt32, keepsOutcome: Bool,
        onInterruption: ExchangeInterruption, timeout: Duration?
    ) async throws(ConnectionError) -> [UInt8] {
        try await line.exchange(
            request, owner: owner, keepsOutcome: keepsOutcome, onInterruption: onInterruption,
            timeout: timeout, isReturn: true)
    }

    func close() { line.close() }
}

extension Connection: CallLine {
    func exchange(
        _ request: [UInt8], owner: UInt32, keepsOutcome: Bool,
        onInterruption: ExchangeInterruption, timeout: Duration?
    ) async throws(ConnectionError) -> [UInt8] {
        try await exchange(request, onInterruption: onInterruption, timeout: timeout)
    }
}

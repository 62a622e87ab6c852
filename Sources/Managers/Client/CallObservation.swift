internal import Sockets

/// A call that a client makes, as swift-metrics and swift-distributed-tracing are told of it, with
/// the package's traits `Metrics` and `Tracing`: docs/OBSERVING.md. Without them it is nothing.
struct CallObservation {
    /// Whether anybody is told.
    static let isOn = CallSpan.isOn || CallTiming.isOn

    private let span: CallSpan
    private let timing: CallTiming

    /// A call begins.
    @inline(__always)
    init?(_ request: [UInt8], at address: SocketAddress) {
        guard Self.isOn else { return nil }
        self.init(method: RequestName.method(in: request), at: address)
    }

    /// A batch begins, of so many calls.
    @inline(__always)
    init?(batchOf count: Int, at address: SocketAddress) {
        guard Self.isOn else { return nil }
        self.init(method: "batch", at: address)
        span.note(batchOf: count)
    }

    private init(method: String, at address: SocketAddress) {
        span = CallSpan(method, at: address)
        timing = CallTiming(method)
    }

    /// A reply has come: what was returned, or what was raised.
    func replied(_ message: [UInt8]) {
        let kind = RequestName.kind(of: message)
        if kind == "#RETURN" || kind == "#PROXY" { return replied() }
        span.end(raised: kind)
        timing.end("raised")
    }

    /// All has been answered.
    func replied() {
        span.end()
        timing.end("returned")
    }

    /// No reply has come.
    func failed(_ error: ManagerError) {
        span.end(failed: error)
        timing.end("\(error.code)")
    }
}

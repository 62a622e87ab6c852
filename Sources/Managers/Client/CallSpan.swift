internal import Sockets

#if Tracing
    internal import Tracing

    /// A call as a span of swift-distributed-tracing.
    struct CallSpan {
        static let isOn = true

        private let span: any Span

        init(_ method: String, at address: SocketAddress) {
            span = startSpan(method, ofKind: .client)
            span.attributes["rpc.system"] = "multiprocessing"
            span.attributes["rpc.method"] = method
            span.attributes["server.address"] = "\(address)"
        }

        /// It is a batch, of so many calls.
        func note(batchOf count: Int) { span.attributes["rpc.batch.size"] = count }

        func end() { span.end() }

        /// The call raised something: `#ERROR`, `#TRACEBACK`, …
        func end(raised kind: String) {
            span.setStatus(SpanStatus(code: .error, message: kind))
            span.end()
        }

        func end(failed error: ManagerError) {
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error, message: error.reason))
            span.end()
        }
    }
#else
    /// Nothing: the package's trait `Tracing` is off.
    struct CallSpan {
        static let isOn = false

        init(_ method: String, at address: SocketAddress) {}
        func note(batchOf count: Int) {}
        func end() {}
        func end(raised kind: String) {}
        func end(failed error: ManagerError) {}
    }
#endif

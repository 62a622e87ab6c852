internal import HostedObjects

#if Tracing
    internal import Tracing

    /// The run of somebody else's code in the server, as a span of swift-distributed-tracing.
    enum MethodSpan {
        static func around(
            _ target: Launch.Target, _ body: () async -> LaunchOutcome
        ) async -> LaunchOutcome {
            await withSpan(target.name, ofKind: .server) { span in
                span.attributes["rpc.system"] = "multiprocessing"
                span.attributes["rpc.method"] = target.name
                let outcome = await body()
                if case .failed(let failure) = outcome {
                    span.setStatus(SpanStatus(code: .error, message: failure.text))
                }
                return outcome
            }
        }
    }

    extension Launch.Target {
        /// What its span is called.
        fileprivate var name: String {
            switch self {
            case .make(let typeid): "create \(typeid)"
            case .method(_, let name): name
            case .action: "action"
            }
        }
    }
#else
    /// Nothing: the package's trait `Tracing` is off.
    enum MethodSpan {
        static func around(
            _ target: Launch.Target, _ body: () async -> LaunchOutcome
        ) async -> LaunchOutcome {
            await body()
        }
    }
#endif

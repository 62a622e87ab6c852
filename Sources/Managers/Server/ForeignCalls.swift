internal import HostedObjects
internal import Pickle
internal import Sockets
internal import Synchronization

/// The calls of registered types that are under way: they run as tasks, not on the loop, and what
/// came of them waits here until the loop has woken.
final class ForeignCalls: Sendable {
    private struct State {
        var tasks: [LaunchTicket: Task<Void, Never>] = [:]
        var outcomes: [(ticket: LaunchTicket, outcome: LaunchOutcome)] = []
        var isClosed = false
    }

    private let registry: Registry
    private let waker: Waker
    private let state = Mutex(State())

    init(_ registry: Registry, _ waker: Waker) {
        self.registry = registry
        self.waker = waker
    }

    /// Starts or cancels a call.
    func carryOut(_ order: LaunchOrder) {
        switch order {
        case .start(let launch): start(launch)
        case .cancel(let ticket):
            // What comes of it is forgotten by the store.
            state.withLock { $0.tasks[ticket] }?.cancel()
        }
    }

    private func start(_ launch: Launch) {
        state.withLock { state in
            guard !state.isClosed else { return }
            // Not loose: it is kept until it has ended, and cancelled when its caller is gone or
            // the server ends.
            state.tasks[launch.ticket] = Task { [self] in
                finish(
                    launch.ticket, await MethodSpan.around(launch.target) { await run(launch) })
            }
        }
    }

    /// What came of calls since this was asked last.
    func takeOutcomes() -> [(ticket: LaunchTicket, outcome: LaunchOutcome)] {
        state.withLock { state in
            defer { state.outcomes = [] }
            return state.outcomes
        }
    }

    /// Cancels what still runs.
    func close() {
        let tasks = state.withLock { state in
            state.isClosed = true
            defer { state.tasks = [:] }
            return state.tasks
        }
        for task in tasks.values { task.cancel() }
    }

    private func finish(_ ticket: LaunchTicket, _ outcome: LaunchOutcome) {
        state.withLock { state in
            state.tasks[ticket] = nil
            state.outcomes.append((ticket, outcome))
        }
        waker.wake()
    }

    // MARK: Running

    private func run(_ launch: Launch) async -> LaunchOutcome {
        let arguments = CallArguments(positional: launch.positional, keywords: launch.keywords)
        do {
            switch launch.target {
            case .make(let typeid):
                guard let entry = registry.entries[typeid] else {
                    return .failed(Failure(missingKey: .str(typeid)).asTraceback())
                }
                return .object(instance(try await entry.make(arguments), typeid, entry))
            case .method(let object, let name):
                guard let object = object as? RegisteredObject,
                    let method = object.entry.methods[name]
                else { preconditionFailure("only methods of registered objects are launched") }
                return try outcome(of: try await method.call(object.value, arguments))
            case .action(let action):
                guard let action = action as? @Sendable @concurrent () async throws -> Void else {
                    preconditionFailure("a barrier's action is one")
                }
                try await action()
                return .returned(PickledValue.none.body)
            }
        } catch {
            let failure = Failure(error)
            // Whatever fails in `create` is a traceback to CPython's clients.
            if case .make = launch.target { return .failed(failure.asTraceback()) }
            return .failed(failure)
        }
    }

    private func outcome(of result: MethodResult) throws -> LaunchOutcome {
        switch result {
        case .value(let body): return .returned(body)
        case .object(let value, let typeid):
            if let entry = registry.entry(typeid) {
                return .object(instance(value, typeid, entry))
            }
            guard let contents = value as? any Encodable else {
                preconditionFailure("the registry has looked at the results' types")
            }
            return .contents(try PickleEncoder().body(contents), typeid: typeid)
        }
    }

    private func instance(
        _ value: any Sendable, _ typeid: String, _ entry: Registry.Entry
    ) -> ForeignInstance {
        ForeignInstance(
            RegisteredObject(value: value, entry: entry), typeid: typeid,
            typeName: entry.typeName, exposed: entry.exposed, reading: entry.reading,
            fallbacks: entry.fallbacks)
    }
}

/// An object of a registered type, with what is known of it.
private struct RegisteredObject: Sendable {
    let value: any Sendable
    let entry: Registry.Entry
}

extension Failure {
    /// What a method threw, as Python is told.
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as RaisedException:
            self.init(module: error.exception.module, name: error.exception.name)
            arguments = error.exception.arguments.map { PickledValue($0) }
            text = error.exception.arguments.first?.str() ?? ""
        case let error as PickleError:
            self = Failure(error)
        default:
            self = .runtime("\(error)")
            swiftType = "\(Swift.type(of: error))"
        }
    }
}

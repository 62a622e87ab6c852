internal import HostedObjects
internal import Pickle
internal import Sockets
internal import Synchronization

/// The calls of registered types that are under way: they run as tasks, not on the loop, and what
/// came of them waits here until the loop has woken.
final class ForeignCalls: Sendable {
    private struct State {
        var tasks: [WaiterID: Task<Void, Never>] = [:]
        var outcomes: [(ticket: WaiterID, outcome: LaunchOutcome)] = []
        var isClosed = false
    }

    private let registry: Registry
    private let waker: Waker
    private let state = Mutex(State())

    init(_ registry: Registry, _ waker: Waker) {
        self.registry = registry
        self.waker = waker
    }

    /// Starts a call.
    func start(_ launch: Launch) {
        state.withLock { state in
            guard !state.isClosed else { return }
            // Not loose: it is kept until it has ended, and cancelled when the server does.
            state.tasks[launch.ticket] = Task { [self] in
                finish(launch.ticket, await run(launch))
            }
        }
    }

    /// What came of calls since this was asked last.
    func takeOutcomes() -> [(ticket: WaiterID, outcome: LaunchOutcome)] {
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

    private func finish(_ ticket: WaiterID, _ outcome: LaunchOutcome) {
        state.withLock { state in
            state.tasks[ticket] = nil
            state.outcomes.append((ticket, outcome))
        }
        waker.wake()
    }

    private func run(_ launch: Launch) async -> LaunchOutcome {
        let arguments = CallArguments(positional: launch.positional, keywords: launch.keywords)
        do {
            switch launch.target {
            case .make(let typeid):
                guard let entry = registry.entries[typeid] else {
                    return .failed(Failure(missingKey: .str(typeid)).asTraceback())
                }
                return .made(
                    RegisteredObject(try await entry.make(arguments), entry), typeid: typeid,
                    typeName: entry.typeName, exposed: entry.exposed)
            case .method(let object, let name):
                guard let object = object as? RegisteredObject,
                    let method = object.entry.methods[name]
                else { preconditionFailure("only exposed methods are launched") }
                return .returned(try await method(object.value, arguments))
            }
        } catch {
            let failure = Failure(error)
            // Whatever fails in `create` is a traceback to CPython's clients.
            if case .make = launch.target { return .failed(failure.asTraceback()) }
            return .failed(failure)
        }
    }
}

/// An object of a registered type, with what is known of it.
private struct RegisteredObject: Sendable {
    let value: any Sendable
    let entry: Registry.Entry

    init(_ value: any Sendable, _ entry: Registry.Entry) {
        self.value = value
        self.entry = entry
    }
}

extension Failure {
    /// What a method threw, as Python is told.
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as RaisedException:
            self.init(module: error.exception.module, name: error.exception.name)
            arguments = error.exception.arguments.map { PickledValue($0) }
            text = error.exception.arguments.first?.string ?? ""
        case let error as PickleError:
            self = Failure(error)
        default:
            self = .runtime("\(error)")
        }
    }
}

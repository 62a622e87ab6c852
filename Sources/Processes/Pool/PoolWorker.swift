internal import Connections
internal import Pickle
internal import Sockets

/// What a worker of a pool does: it runs the initializer, and then one parcel after the other, on a
/// thread of its own; the first thread serves the main actor.
struct PoolWorker: ProcessTarget {
    let work: PoolWork

    func run() async throws {
        let end = OneShot<Result<Void, ProcessError>>()
        do throws(SocketError) {
            try DedicatedThread.start(name: "mp-pool-worker") {
                do throws(ProcessError) {
                    try work.run()
                    end.complete(.success(.success(())))
                } catch {
                    end.complete(.success(.failure(error)))
                }
            }
        } catch {
            throw ProcessError.system(error.reason, error)
        }
        try await end.value("working").get()
    }
}

/// The same in a forked process, which has no other thread.
struct ForkedPoolWorker: SynchronousProcessTarget {
    let work: PoolWork

    func run() throws { try work.run() }
}

/// The worker's end of its line, and what it does first.
struct PoolWork: Codable, Sendable {
    let socket: SharedDescriptor
    private let initializer: (any ProcessTarget)?

    private enum Keys: String, CodingKey {
        case socket, type, pickle
    }

    init(_ socket: SharedDescriptor, initializer: (any ProcessTarget)?) {
        self.socket = socket
        self.initializer = initializer
    }

    init(from decoder: any Decoder) throws {
        let luggage = try Luggage.of(decoder)
        let container = try decoder.container(keyedBy: Keys.self)
        let place = try container.decode(Int.self, forKey: .socket)
        socket = try luggage.descriptor(at: place, for: decoder)
        guard let name = try container.decodeIfPresent(String.self, forKey: .type) else {
            initializer = nil
            return
        }
        guard let type = _typeByName(name) as? any ProcessTarget.Type else {
            throw ProcessError.unknownType(name)
        }
        var nested = PickleDecoder()
        nested.userInfo[Luggage.key] = luggage
        initializer = try nested.decode(
            type, from: try container.decode([UInt8].self, forKey: .pickle))
    }

    func encode(to encoder: any Encoder) throws {
        let luggage = try Luggage.of(encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(luggage.add(socket, for: encoder), forKey: .socket)
        guard let initializer else { return }
        let (name, pickle) = try Self.encode(initializer, luggage)
        try container.encode(name, forKey: .type)
        try container.encode(pickle, forKey: .pickle)
    }

    private static func encode(
        _ initializer: any ProcessTarget, _ luggage: Luggage
    ) throws -> (name: String, pickle: [UInt8]) {
        var encoder = PickleEncoder()
        encoder.userInfo[Luggage.key] = luggage
        return (
            try PoolMessage.name(of: type(of: initializer)), try encoder.encode(initializer)
        )
    }

    /// Whether an initializer can travel.
    ///
    /// - Throws: `ProcessError` with `unknownType`, `encoding`.
    static func check(_ initializer: any ProcessTarget) throws(ProcessError) {
        do {
            _ = try encode(initializer, Luggage())
        } catch let error as ProcessError {
            throw error
        } catch {
            throw .encoding("a pool's initializer cannot be encoded", error)
        }
    }

    /// Works until the pool says no more.
    ///
    /// - Throws: `ProcessError` with `system`.
    func run() throws(ProcessError) {
        do {
            // One task for all of the work: to begin one for each parcel takes longer than many do.
            try ThreadExecutor().run { [self] in try await serve() }
        } catch let error as ProcessError {
            throw error
        } catch {
            throw .system("a worker cannot work", error)
        }
    }

    private func serve() async throws(ProcessError) {
        var line: WorkerLine
        do throws(SocketError) {
            try socket.descriptor.letWait()
            line = try WorkerLine(socket)
        } catch {
            throw .system(error.reason, error)
        }
        do {
            try await initializer?.run()
        } catch {
            let reason = (try? PoolMessage.reply(.notReady, PoolFault(error).text)) ?? []
            _ = line.send(reason)
            return
        }
        guard line.send([PoolMessage.Kind.ready.rawValue]) else { return }
        var types = TaskTypes()
        while let parcel = try line.receive() {
            guard line.send(await Self.answer(parcel, &types)) else { return }
            // One that has cancelled the task that it was done by does not do so to the next.
            if Task.isCancelled { return }
        }
    }

    /// The type of the last task: to ask the runtime takes microseconds.
    private struct TaskTypes {
        private var last: (name: ArraySlice<UInt8>, type: any PoolTask.Type)?

        /// - Throws: `ProcessError` with `unknownType`.
        mutating func find(_ name: ArraySlice<UInt8>) throws(ProcessError) -> any PoolTask.Type {
            if let last, last.name == name { return last.type }
            let text = String(decoding: name, as: UTF8.self)
            guard let type = _typeByName(text) as? any PoolTask.Type else {
                throw .unknownType(text)
            }
            last = (name, type)
            return type
        }
    }

    private static func answer(
        _ parcel: PoolParcel, _ types: inout TaskTypes
    ) async -> [UInt8] {
        do {
            let parts = try PoolMessage.open(parcel.bytes)
            let type = try types.find(parts.name)
            var decoder = PickleDecoder()
            if !parcel.luggage.isEmpty {
                decoder.userInfo[Luggage.key] = Luggage(parcel.luggage)
            }
            return try await perform(type, parts, decoder)
        } catch {
            return (try? PoolMessage.reply(.impossible, PoolFault(error))) ?? []
        }
    }

    private static func perform<Task: PoolTask>(
        _ type: Task.Type, _ parcel: PoolMessage.Parts, _ decoder: PickleDecoder
    ) async throws -> [UInt8] {
        let task = try decoder.decode(type, from: parcel.task)
        let inputs = try decoder.decode([Task.Input].self, from: parcel.inputs)[...]
        let (outputs, failure) = await task.outputs(of: inputs)
        guard var failure else { return try PoolMessage.reply(.done, outputs) }
        var items = outputs.map { PoolItem.output($0) }
        while true {
            items.append(.fault(PoolFault(failure)))
            let (more, next) = await task.outputs(of: inputs[items.count...])
            items += more.map { .output($0) }
            guard let next else { return try PoolMessage.reply(.partlyDone, items) }
            failure = next
        }
    }
}

import Managers
import Pickle

/// The shared object that a benchmark calls, as one connection has it.
enum BenchObject: Sendable {
    case dict(DictProxy<String, [UInt8]>)
    case queue(QueueProxy<[UInt8]>)
    case lock(LockProxy)
    case event(EventProxy)

    /// The object, whatever it is.
    var proxy: ObjectProxy {
        switch self {
        case .dict(let proxy): ObjectProxy(proxy.reference)
        case .queue(let proxy): ObjectProxy(proxy.reference)
        case .lock(let proxy): ObjectProxy(proxy.reference)
        case .event(let proxy): ObjectProxy(proxy.reference)
        }
    }

    /// A new one for an operation.
    static func make(
        for operation: BenchOperation, in manager: Manager
    ) async throws(ManagerError) -> BenchObject {
        switch operation {
        case .get, .set, .mixed: .dict(try await manager.dict())
        case .queuePut, .queueGet, .queue: .queue(try await manager.queue())
        case .lock: .lock(try await manager.lock())
        case .null: .event(try await manager.event())
        }
    }

    /// The same object, called through another connection.
    func attached(to manager: Manager) async throws -> BenchObject {
        switch self {
        case .dict(let proxy): .dict(try await Self.attach(proxy, to: manager))
        case .queue(let proxy): .queue(try await Self.attach(proxy, to: manager))
        case .lock(let proxy): .lock(try await Self.attach(proxy, to: manager))
        case .event(let proxy): .event(try await Self.attach(proxy, to: manager))
        }
    }

    /// A proxy travels as it does between programs.
    private static func attach<Proxy: ManagerProxy>(
        _ proxy: Proxy, to manager: Manager
    ) async throws -> Proxy {
        guard manager !== proxy.manager else { return proxy }
        return try await manager.decode(
            Proxy.self, fromPickle: try PickleEncoder().encode(proxy))
    }

    /// Puts all keys in, where it is a dict.
    func fill(keys: Int, _ values: BenchValues) async throws(ManagerError) {
        guard case .dict(let dict) = self else { return }
        var next = 0
        while next < keys {
            let end = min(keys, next + values.entriesAtOnce)
            var entries: [String: [UInt8]] = [:]
            for number in next..<end { entries[values.key(number)] = values.value(number) }
            try await dict.update(entries)
            next = end
        }
    }

    /// Makes a call and checks its reply.
    ///
    /// - Throws: `ManagerError`, or a `Complaint` of a reply that is not right.
    func perform(_ call: BenchCall, _ values: BenchValues) async throws {
        switch (self, call) {
        case (.dict(let dict), .read(let number)):
            let value = try await dict.value(forKey: values.key(number))
            guard values.isRight(value, number) else { throw Complaint.wrong(call) }
        case (.dict(let dict), .write(let number)):
            try await dict.set(values.value(number), forKey: values.key(number))
        case (.queue(let queue), .put):
            try await queue.put(values.item)
        case (.queue(let queue), .take):
            let item = try await queue.get()
            guard values.isRight(item, 0) else { throw Complaint.wrong(call) }
        case (.lock(let lock), .acquire):
            try await lock.acquire()
        case (.lock(let lock), .release):
            try await lock.release()
        case (.event(let event), .ask):
            guard try await !event.isSet else { throw Complaint.wrong(call) }
        default:
            preconditionFailure("an object is called as what it was made for")
        }
    }
}

extension BenchObject {
    /// Writes a call for a batch whose result is bytes or nothing.
    func bytesDeferred(
        _ call: BenchCall, _ values: BenchValues
    ) throws(ManagerError) -> RemoteCall<[UInt8]?> {
        let type = [UInt8]?.self
        switch (self, call) {
        case (.dict(let dict), .read(let number)):
            return try dict.deferred("__getitem__", values.key(number), returning: type)
        case (.dict(let dict), .write(let number)):
            return try dict.deferred(
                "__setitem__", values.key(number), values.value(number), returning: type)
        case (.queue(let queue), .put):
            return try queue.deferred("put", values.item, returning: type)
        case (.queue(let queue), .take):
            return try queue.deferred("get_nowait", returning: type)
        default: preconditionFailure("\(call) gives no bytes")
        }
    }

    /// Writes a call for a batch whose result is a flag or nothing.
    func flagDeferred(_ call: BenchCall) throws(ManagerError) -> RemoteCall<Bool?> {
        let type = Bool?.self
        switch (self, call) {
        case (.lock(let lock), .acquire):
            return try lock.deferred("acquire", false, returning: type)
        case (.lock(let lock), .release): return try lock.deferred("release", returning: type)
        case (.event(let event), .ask): return try event.deferred("is_set", returning: type)
        default: preconditionFailure("\(call) gives no flag")
        }
    }
}

extension BenchCall {
    /// Whether a call whose result is bytes or nothing came to what it must.
    func isRight(_ result: [UInt8]?, _ values: BenchValues) -> Bool {
        switch self {
        case .read(let number): result.map { values.isRight($0, number) } ?? false
        case .take: result.map { values.isRight($0, 0) } ?? false
        default: result == nil
        }
    }

    /// What the call must come to, where that is a flag or nothing.
    var rightFlag: Bool? {
        switch self {
        case .acquire: true
        case .ask: false
        default: nil
        }
    }
}

extension Complaint {
    /// The server's reply is not what it must be.
    static func wrong(_ call: BenchCall) -> Complaint {
        Complaint("the server's reply to \(call) is wrong")
    }
}

import Pickle

// Somebody else's code: what goes out to it, and what comes back.
extension ObjectStore {
    /// Lets clients make objects of a type that is somebody else's code.
    ///
    /// - Throws: ``Failure`` where the typeid is taken.
    package mutating func offer(_ typeid: String) throws(Failure) {
        try offer(typeid, .foreign)
    }

    /// Lets clients make barriers whose action is somebody else's code.
    ///
    /// - Parameter seconds: how long parties wait that do not say it; nil for as long as it takes.
    /// - Throws: ``Failure`` where the typeid is taken.
    package mutating func offerBarrier(
        _ typeid: String, parties: Int, seconds: Double?, action: any Sendable
    ) throws(Failure) {
        try offer(
            typeid,
            .type { (arguments, call) throws(Failure) in
                let signature = Signature.named([], required: 0, as: typeid)
                try signature.bind(arguments, method: typeid, type: typeid) { _ in }
                return HostedBarrier(parties, seconds: seconds, action: action, &call)
            })
    }

    private mutating func offer(_ typeid: String, _ maker: Maker) throws(Failure) {
        guard makers[typeid] == nil else { throw .value("the typeid '\(typeid)' is taken") }
        makers[typeid] = maker
    }

    /// Whether objects of a typeid can be made: one of Python's types, or one that was offered.
    package func offers(_ typeid: String) -> Bool { makers[typeid] != nil }

    /// Takes what is asked of the code outside, in order.
    package mutating func takeOrders() -> [LaunchOrder] {
        guard !call.orders.isEmpty else { return [] }
        defer { call.orders.removeAll(keepingCapacity: true) }
        return call.orders
    }

    /// Brings what came of a call; nothing happens if its caller is gone.
    package mutating func complete(
        _ ticket: LaunchTicket, _ outcome: LaunchOutcome, at now: Instant
    ) {
        call.now = now
        switch ticket {
        case .caller(let id):
            guard let waiter = call.waiters[id] else { return }
            call.caller = waiter.session
            call.object = .none
            do throws(Failure) {
                try answer(id, waiter, outcome)
            } catch {
                if let limit = error.limit { call.reached.note(limit) }
                call.fail(id, waiter.isCreating ? error.asTraceback() : error)
            }
        case .name(let name): settle(name, outcome)
        case .barrier(let id, let time):
            call.object = id
            (call.table[id] as? HostedBarrier)?.acted(time, outcome, &call)
        }
    }

    private mutating func answer(
        _ ticket: WaiterID, _ waiter: Waiter, _ outcome: LaunchOutcome
    ) throws(Failure) {
        switch outcome {
        case .returned(let body): call.answer(ticket) { $0.append(contentsOf: body) }
        case .failed(let failure): throw failure
        case .object(let instance):
            let id = try adopt(instance, from: waiter.object)
            _ = call.retain(id, for: waiter.session)
            if waiter.isCreating {
                call.answer(ticket) { Self.writeCreated(id, instance.exposed, to: &$0) }
            } else {
                call.reply(to: ticket) {
                    Self.writeProxy(id, instance.typeid, instance.exposed, to: &$0)
                }
            }
        case .contents(let body, let typeid):
            let object = try make(typeid, of: body)
            let exposed = object.created
            let id = try insert(object, typeid: typeid, from: waiter.object)
            _ = call.retain(id, for: waiter.session)
            call.reply(to: ticket) { Self.writeProxy(id, typeid, exposed, to: &$0) }
        }
    }

    /// Makes an object of one of Python's types, with one argument.
    private mutating func make(
        _ typeid: String, of body: [UInt8]
    ) throws(Failure) -> any HostedObject {
        guard case .type(let make) = makers[typeid] else {
            throw Failure(missingKey: .str(typeid)).asTraceback()
        }
        let slice = PickledValue(body: body).slice
        return try unsafe body.withUnsafeBufferPointer { (bytes) throws(Failure) in
            let bytes = UnsafeRawBufferPointer(bytes)
            return try unsafe Arguments.with(bytes, [slice], []) { (arguments) throws(Failure) in
                try make(arguments, &call)
            }
        }
    }

    private mutating func adopt(
        _ instance: ForeignInstance, from origin: ObjectID = .none
    ) throws(Failure) -> ObjectID {
        try insert(
            ForeignObject(instance), typeid: instance.typeid, from: origin,
            isPersonal: instance.typeid == HostedIterator.typeid)
    }

    /// Answers all who wait for the object of a name.
    private mutating func settle(_ name: PickleString, _ outcome: LaunchOutcome) {
        guard let pending = pendingNames.removeValue(forKey: name) else { return }
        defer { call.waiters.remove(pending.line) }
        do throws(Failure) {
            guard case .object(let instance) = outcome else {
                if case .failed(let failure) = outcome { throw failure }
                throw .type("'\(pending.typeid)' makes no object")
            }
            let id = try adopt(instance)
            give(id, name)
            while let ticket = call.waiters.first(pending.line), let waiter = call.waiters[ticket] {
                _ = call.retain(id, for: waiter.session)
                call.answer(ticket) { Self.writeCreated(id, instance.exposed, to: &$0) }
            }
        } catch {
            call.failAll(in: pending.line, error.asTraceback())
        }
    }

    // MARK: Writing

    /// Writes what `create` returns: the ident, and what may be called.
    static func writeCreated(_ id: ObjectID, _ exposed: [String], to writer: inout BodyWriter) {
        writer.str(id.ident)
        writer.tuple(exposed.map { PickledValue.str($0) })
        writer.append(.tuple2)
    }

    /// Writes the two parts of a reply that is a new object.
    static func writeProxy(
        _ id: ObjectID, _ typeid: String, _ exposed: [String], to writer: inout BodyWriter
    ) {
        writer.str("#PROXY")
        writer.tuple(exposed.map { PickledValue.str($0) })
        // The client puts its own spelling of the address in.
        writer.global("multiprocessing.managers", "Token")
        writer.append(.emptyTuple)
        writer.append(.newObj)
        writer.str(typeid)
        writer.none()
        writer.str(id.ident)
        writer.append(.tuple3)
        writer.append(.build)
        writer.append(.tuple2)
    }
}

package import Pickle

/// A call that code outside the core is to carry out.
package struct Launch: Sendable {
    /// What is to be done.
    package enum Target: Sendable {
        /// To make an object of a typeid.
        case make(typeid: String)
        /// To call a method of what the object stands for.
        case method(any Sendable, String)
    }

    /// Who waits for the outcome.
    package let ticket: WaiterID
    /// What is to be done.
    package let target: Target
    /// The positional arguments.
    package let positional: [PickledValue]
    /// The keyword arguments, in order.
    package let keywords: [(name: String, value: PickledValue)]
}

/// What came of a ``Launch``.
package enum LaunchOutcome: Sendable {
    /// The method returned: a body.
    case returned([UInt8])
    /// It failed.
    case failed(Failure)
    /// An object was made: what it stands for, its type's name, and what clients may call.
    case made(any Sendable, typeid: String, typeName: String, exposed: [String])
}

extension Call {
    /// Lets the caller wait for somebody else's code.
    mutating func launch(
        _ target: Launch.Target, _ arguments: Arguments
    ) throws(Failure) -> Outcome {
        try arguments.checkKeywords()
        var positional: [PickledValue] = []
        for slice in arguments.positional { positional.append(try arguments.value(slice)) }
        var keywords: [(name: String, value: PickledValue)] = []
        for index in stride(from: 0, to: arguments.keywords.count, by: 2) {
            let name = arguments.text(arguments.keywords[index]) ?? "?"
            keywords.append((name, try arguments.value(arguments.keywords[index + 1])))
        }
        let outcome = park(in: foreignLine, seconds: nil, timeUp: .returns(false))
        guard let ticket = sessions[Int(caller.slot)].waiter else { return outcome }
        launches.append(
            Launch(ticket: ticket, target: target, positional: positional, keywords: keywords))
        return outcome
    }
}

// MARK: - What goes out to others and comes back

extension ObjectStore {
    /// Lets clients make objects of a type that is somebody else's code.
    ///
    /// - Throws: ``Failure`` where the typeid is taken.
    package mutating func offer(_ typeid: String) throws(Failure) {
        guard makers[typeid] == nil else { throw .value("the typeid '\(typeid)' is taken") }
        makers[typeid] = .foreign
    }

    /// Takes the calls that are to be started.
    package mutating func takeLaunches() -> [Launch] {
        guard !call.launches.isEmpty else { return [] }
        defer { call.launches.removeAll(keepingCapacity: true) }
        return call.launches
    }

    /// Brings what came of a call; nothing happens if its caller is gone.
    package mutating func complete(
        _ ticket: WaiterID, _ outcome: LaunchOutcome, at now: Instant
    ) {
        call.now = now
        guard let waiter = call.waiters[ticket] else { return }
        call.caller = waiter.session
        switch outcome {
        case .returned(let body): call.answer(ticket) { $0.append(contentsOf: body) }
        case .failed(let failure): call.fail(ticket, failure)
        case .made(let payload, let typeid, let typeName, let exposed):
            let object = ForeignObject(payload, typeName: typeName, exposed: exposed)
            do throws(Failure) {
                let id = try insert(object, typeid: typeid)
                _ = call.retain(id, for: waiter.session)
                call.answer(ticket) { Self.writeCreated(id, exposed, to: &$0) }
            } catch {
                call.fail(ticket, error.asTraceback())
            }
        }
    }

    /// Writes what `create` returns: the ident, and what may be called.
    static func writeCreated(_ id: ObjectID, _ exposed: [String], to writer: inout BodyWriter) {
        writer.str(id.ident)
        writer.tuple(exposed.map { PickledValue.str($0) })
        writer.append(.tuple2)
    }
}

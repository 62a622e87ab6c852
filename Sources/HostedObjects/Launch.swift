package import Pickle

/// A call that code outside the core is to carry out.
package struct Launch: Sendable {
    /// What is to be done.
    package enum Target: Sendable {
        /// To make an object of a typeid.
        case make(typeid: String)
        /// To call a method of what the object stands for.
        case method(any Sendable, String)
        /// To carry out a barrier's action.
        case action(any Sendable)
    }

    /// Who is told of the outcome.
    package let ticket: LaunchTicket
    /// What is to be done.
    package let target: Target
    /// The positional arguments.
    package var positional: [PickledValue] = []
    /// The keyword arguments, in order.
    package var keywords: [(name: String, value: PickledValue)] = []
}

/// Who is told what came of a ``Launch``.
package enum LaunchTicket: Sendable, Hashable {
    /// A call that waits for it.
    case caller(WaiterID)
    /// All who wait for the object of a name.
    case name(PickleString)
    /// The barrier whose parties are all there, for the so manieth time.
    case barrier(ObjectID, time: UInt64)
}

/// What is asked of the code outside the core.
package enum LaunchOrder: Sendable {
    /// To carry out a call.
    case start(Launch)
    /// To end a call, for nobody waits for it any more.
    case cancel(LaunchTicket)
}

/// What came of a ``Launch``.
package enum LaunchOutcome: Sendable {
    /// The method returned: a body.
    case returned([UInt8])
    /// It failed.
    case failed(Failure)
    /// There is a new object of somebody else's code: it was made, or a method returned it.
    case object(ForeignInstance)
    /// A method returned what an object of one of Python's types is to be made of: a body.
    case contents([UInt8], typeid: String)
}

/// What the core knows of an object that is somebody else's code.
package struct ForeignInstance: Sendable {
    /// What it stands for.
    let payload: any Sendable
    let typeid: String
    /// Its type's name, as messages have it.
    let typeName: String
    /// What clients may call.
    let exposed: [String]
    /// Which of these change nothing.
    let reading: Set<String>
    /// Which of `__str__`, `__repr__` and `#GETVALUE` it answers without exposing them.
    let fallbacks: Set<String>

    package init(
        _ payload: any Sendable, typeid: String, typeName: String, exposed: [String],
        reading: Set<String> = [], fallbacks: Set<String> = []
    ) {
        self.payload = payload
        self.typeid = typeid
        self.typeName = typeName
        self.exposed = exposed
        self.reading = reading
        self.fallbacks = fallbacks
    }
}

extension Call {
    /// Lets the caller wait for somebody else's code.
    mutating func launch(
        _ target: Launch.Target, _ arguments: Arguments
    ) throws(Failure) -> Outcome {
        let (positional, keywords) = try arguments.copied()
        let outcome = try park(in: foreignLine, seconds: nil, timeUp: .returns(false))
        guard let id = parked else { return outcome }
        orders.append(
            .start(
                Launch(
                    ticket: .caller(id), target: target, positional: positional,
                    keywords: keywords)))
        return outcome
    }

    /// Has an object made for all who will wait for it.
    mutating func launch(
        makingOf typeid: String, named name: PickleString, _ arguments: Arguments
    ) throws(Failure) {
        let (positional, keywords) = try arguments.copied()
        orders.append(
            .start(
                Launch(
                    ticket: .name(name), target: .make(typeid: typeid), positional: positional,
                    keywords: keywords)))
    }

    /// A call that waited is gone, so what it waited for need not go on.
    mutating func abandon(_ id: WaiterID, _ waiter: Waiter) {
        if waiter.list == foreignLine { orders.append(.cancel(.caller(id))) }
    }
}

extension Arguments {
    /// The arguments as they can be kept beyond the call.
    fileprivate func copied() throws(Failure) -> (
        [PickledValue], [(name: String, value: PickledValue)]
    ) {
        try checkKeywords()
        var values: [PickledValue] = []
        for slice in positional { values.append(try value(slice)) }
        var named: [(name: String, value: PickledValue)] = []
        for index in stride(from: 0, to: keywords.count, by: 2) {
            let name = text(keywords[index]) ?? "?"
            named.append((name, try value(keywords[index + 1])))
        }
        return (values, named)
    }
}

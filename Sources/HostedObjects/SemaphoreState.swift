import Pickle

/// What Semaphore and BoundedSemaphore have in common: how many may pass still, and who waits.
struct SemaphoreState {
    private(set) var value: Number
    /// What the value began with.
    let initialValue: Number
    private let line: WaiterListID

    /// - Parameter name: the class.
    init(_ name: String, _ arguments: Arguments, _ call: inout Call) throws(Failure) {
        let signature = Signature.named(["value"], required: 0, as: "\(name).__init__")
        value = try signature.bind(arguments, method: "__init__", type: name) {
            (bound) throws(Failure) in
            guard let slice = bound[0] else { return .int(1) }
            return try Number(slice, of: bound, comparedBy: "<")
        }
        guard !value.isBelow(0) else { throw .value("semaphore initial value must be >= 0") }
        initialValue = value
        line = call.waiters.makeList()
    }

    /// `acquire(blocking=True, timeout=None)`
    static let acquire = Signature.named(
        ["blocking", "timeout"], required: 0, as: "Semaphore.acquire")

    /// The timeout is looked at only by who has to wait.
    mutating func acquire(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        let waits = try arguments[0].map(arguments.isTrue) ?? true
        if !waits, let timeout = arguments[1], timeout.kind != .none {
            throw .value("can't specify timeout for non-blocking acquire")
        }
        guard value.equals(0) else {
            value = try value.adding(.int(-1))
            call.give(.grant)
            return call.return(true)
        }
        guard waits else { return call.return(false) }
        let timeout = try Timeout.ofEnd(arguments, arguments[1])
        guard !timeout.isZero else { return call.return(false) }
        return call.park(in: line, seconds: timeout.seconds, timeUp: .returns(false))
    }

    /// `release(n=1)`: lets so many of those pass who wait longest.
    ///
    /// - Parameter limit: what the value may not exceed.
    mutating func release(
        _ arguments: Arguments, limit: Number? = nil, _ call: inout Call
    ) throws(Failure) {
        let count =
            try arguments[0].map { slice throws(Failure) in
                try Number(slice, of: arguments, comparedBy: "<")
            } ?? .int(1)
        guard !count.isBelow(1) else { throw .value("n must be one or more") }
        let sum = try value.adding(count)
        if let limit, sum.isAbove(limit) {
            throw .value("Semaphore released too many times")
        }
        value = sum
        admit(&call)
    }

    /// A permit that could not be handed over goes to the next, or back.
    mutating func takeBack(_ call: inout Call) {
        value = (try? value.adding(.int(1))) ?? value
        admit(&call)
    }

    private mutating func admit(_ call: inout Call) {
        while !value.equals(0), call.answerFirst(of: line, .yes, gives: .grant) != nil {
            value = (try? value.adding(.int(-1))) ?? value
        }
    }

    var waiterLists: [WaiterListID] { [line] }
}

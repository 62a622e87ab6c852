import DequeModule
import Pickle

// `list + list`, `list * count`.
extension HostedList {
    /// How large the result of a repetition may get, in bytes: those of its items and eight for
    /// each.
    static let repetitionLimit = StoreLimits.expansion

    func add(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        let other = try arguments.value(at: 0).decodedOrFailure()
        guard let more = other.listItems else {
            throw .type("can only concatenate list (not \"\(other.nameOfType)\") to list")
        }
        var expansion = Expansion(of: other, keptIn: call.memory)
        call.out.list(Array(items) + (try expansion.items(more)))
        return .returned
    }

    func multiply(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        let times = try repetitions(arguments)
        guard times > 0, !items.isEmpty else {
            call.out.append(.emptyList)
            return .returned
        }
        call.out.append(.emptyList)
        call.out.append(.mark)
        call.out.bodies((0..<times).lazy.flatMap { _ in self.items })
        call.out.append(.appends)
        return .returned
    }

    func multiplyInPlace(_ arguments: Arguments) throws(Failure) {
        let times = try repetitions(arguments)
        guard times > 0 else { return removeAll() }
        // Nothing is nothing, however often.
        guard !items.isEmpty else { return }
        try repeatItems(times)
    }

    /// How often the list is to be repeated, if the result is not too large.
    private func repetitions(_ arguments: Arguments) throws(Failure) -> Int {
        guard let slice = arguments[0] else { throw .type("a number is missing") }
        let times: Int
        switch try arguments.wholeNumber(slice) {
        case .fits(let number): times = number
        case .below, .above: throw .overflow("cannot fit 'int' into an index-sized integer")
        }
        guard times > 1 else { return times }
        let size = items.reduce(0) { $0 + ($1.part?.heldSize ?? $1.body.count) + 8 }
        let (total, overflow) = size.multipliedReportingOverflow(by: times)
        // What CPython could not address either fails as it does there, without a text.
        guard !overflow else { throw Failure(module: "builtins", name: "MemoryError") }
        guard total <= Self.repetitionLimit else {
            throw Failure(
                "MemoryError", "over the limit: \(Self.repetitionLimit) bytes a repetition")
        }
        return times
    }
}

extension PickleValue {
    /// The items of a list, or of an instance of a kind of list; nil for anything else.
    fileprivate var listItems: [PickleValue]? {
        switch kind {
        case .list(let items): items
        case .object(let object) where !object.appended.isEmpty && !isDeque: object.appended
        default: nil
        }
    }

    private var isDeque: Bool { typeName == "collections.deque" }
}

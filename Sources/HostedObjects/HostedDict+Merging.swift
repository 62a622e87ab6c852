import Pickle

// `dict | dict`, `fromkeys`: what dicts' proxies have since Python 3.14.
extension HostedDict {
    /// `self | other`, or the other way round.
    func merge(
        _ arguments: Arguments, isReversed: Bool, _ call: inout Call
    ) throws(Failure) -> Outcome {
        let other = try arguments.value(at: 0).decodedOrFailure()
        guard let items = other.mappingItems else {
            call.out.notImplemented()
            return .returned
        }
        var expansion = Expansion(of: other, keptIn: call.memory)
        let more = try expansion.entries(items)
        let own = table.entries.map { (key: $0.keyValue, value: $0.valueValue) }
        let merged = DictTable()
        for (key, value) in isReversed ? more + own : own + more { try merged.set(key, value) }
        call.out.dict(merged)
        return .returned
    }

    /// `fromkeys(iterable, value=None)`: a new dict, which has nothing of this one.
    func fromKeys(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        guard let slice = arguments[0] else { throw .type("an iterable is missing") }
        let keys = try arguments.elements(slice, &call, own: table.entries.map(\.keyValue))
        let value = try fallback(arguments) ?? .none
        // The value becomes one of its own for each key.
        var expansion = Expansion(limit: StoreLimits.expansion)
        let made = DictTable()
        for key in keys { try made.set(key, try expansion.add(value)) }
        call.out.dict(made)
        return .returned
    }
}

extension DictTable {
    fileprivate func set(_ key: PickledValue, _ value: PickledValue) throws(Failure) {
        try DictKey.with(key) { (view) throws(Failure) in
            try set(view, value) { () throws(Failure) in key.body }
        }
    }
}

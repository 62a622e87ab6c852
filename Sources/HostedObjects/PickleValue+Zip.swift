import Pickle

// What `enumerate` and `zip` give, which are pickled as calls with iterators.
extension PickleValue {
    /// `enumerate(iterator, start)`
    func numbered(
        _ arguments: [PickleValue], _ expansion: inout Expansion
    ) throws(Failure) -> [PickledValue] {
        guard let iterator = arguments.first else { throw .notIterable(nameOfType) }
        var start = 0
        if arguments.count > 1 {
            guard case .int(let given) = arguments[1].kind else { throw .notIterable(nameOfType) }
            start = given
        }
        let items = try expansion.inside(standingAlone: true) { (expansion) throws(Failure) in
            try iterator.elements(&expansion)
        }
        var pairs: [PickledValue] = []
        for (index, item) in items.enumerated() {
            let (number, overflow) = start.addingReportingOverflow(index)
            guard !overflow else { throw .notIterable(nameOfType) }
            pairs.append(try expansion.add(.tuple([.int(number), item])))
        }
        return pairs
    }

    /// `zip(iterator, …)`, which ends with the shortest.
    func zipped(
        _ iterators: [PickleValue], _ expansion: inout Expansion
    ) throws(Failure) -> [PickledValue] {
        var columns: [[PickledValue]] = []
        for iterator in iterators {
            columns.append(
                try expansion.inside(standingAlone: true) { (expansion) throws(Failure) in
                    try iterator.elements(&expansion)
                })
        }
        var rows: [PickledValue] = []
        for index in 0..<(columns.map(\.count).min() ?? 0) {
            rows.append(try expansion.add(.tuple(columns.map { $0[index] })))
        }
        return rows
    }
}

extension PickledValue {
    fileprivate static func tuple(_ items: [PickledValue]) -> PickledValue {
        var writer = BodyWriter()
        writer.tuple(items)
        return PickledValue(body: writer.bytes)
    }
}

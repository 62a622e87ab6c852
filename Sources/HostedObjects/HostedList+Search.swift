import DequeModule
import Pickle

// Items by their value: `in`, `index`, `remove`.
extension HostedList {
    var wholeRange: Range<Int> { 0..<items.count }

    func firstIndex(of needle: Needle, in range: Range<Int>) throws(Failure) -> Int? {
        var needle = needle
        for place in range where try needle.matches(items[place]) { return place }
        return nil
    }

    func index(_ arguments: Arguments) throws(Failure) -> Int {
        let start = try arguments.bound(at: 1, in: items.count) ?? 0
        let stop = try arguments.bound(at: 2, in: items.count) ?? items.count
        let needle = try arguments.needle()
        guard start < stop, let place = try firstIndex(of: needle, in: start..<stop) else {
            throw .value("\(try needle.value.decodedOrFailure().repr()) is not in list")
        }
        return place
    }

    func remove(_ arguments: Arguments) throws(Failure) {
        guard let place = try firstIndex(of: arguments.needle(), in: wholeRange) else {
            throw .value("list.remove(x): x not in list")
        }
        _ = remove(at: place)
    }
}

extension Arguments {
    /// The first argument, to be looked for.
    func needle() throws(Failure) -> Needle {
        try Needle(try value(at: 0))
    }
}

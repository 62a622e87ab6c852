import DequeModule
import Pickle

// Items by their place: `list[i]`, `list[i:j:k]`, `pop`.
extension HostedList {
    func getItem(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        switch try arguments.subscript(at: 0) {
        case .index(let index):
            guard let place = place(index) else { throw .index("list index out of range") }
            return call.return(items[place])
        case .slice(let slice):
            let range = try slice.resolved(for: items.count)
            call.out.list(range.places.map { items[$0] })
            return .returned
        }
    }

    func setItem(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        switch try arguments.subscript(at: 0) {
        case .index(let index):
            guard let place = place(index) else { throw Self.noPlace }
            try replace(place..<place + 1, by: [try arguments.value(at: 1)])
        case .slice(let slice):
            let range = try slice.resolved(for: items.count)
            try assign(arguments, range, &call)
        }
    }

    func delete(_ arguments: Arguments) throws(Failure) {
        switch try arguments.subscript(at: 0) {
        case .index(let index):
            guard let place = place(index) else { throw Self.noPlace }
            _ = remove(at: place)
        case .slice(let slice):
            remove(try slice.resolved(for: items.count))
        }
    }

    func pop(_ arguments: Arguments) throws(Failure) -> PickledValue {
        let index = try arguments[0].map { slice throws(Failure) in
            try arguments.plainIndex(slice)
        }
        guard !items.isEmpty else { throw .index("pop from empty list") }
        guard let place = place(index ?? -1) else { throw .index("pop index out of range") }
        return remove(at: place)
    }

    private static let noPlace = Failure.index("list assignment index out of range")

    /// The place an index means, which counts from the end if it is negative; nil if there is none.
    private func place(_ index: Int) -> Int? {
        let place = index < 0 ? index + items.count : index
        return items.indices.contains(place) ? place : nil
    }

    private func assign(
        _ arguments: Arguments, _ range: SliceRange, _ call: inout Call
    ) throws(Failure) {
        guard let slice = arguments[1] else { return }
        let new: [PickledValue]
        do throws(Failure) {
            new = try arguments.elements(slice, &call, own: Array(items), areKept: true)
        } catch  where error.isNotIterable {
            throw .type("must assign iterable to extended slice")
        }
        if range.step == 1 {
            return try replace(range.start..<range.start + range.count, by: new)
        }
        guard new.count == range.count else {
            throw .value(
                "attempt to assign sequence of size \(new.count) to extended slice of size "
                    + "\(range.count)")
        }
        try replace(range.places, by: new)
    }

    private func remove(_ range: SliceRange) {
        guard range.count > 0 else { return }
        let range = range.ascending
        var kept = Deque<PickledValue>()
        kept.reserveCapacity(items.count - range.count)
        var removed = range.places.makeIterator()
        var next = removed.next()
        for place in items.indices {
            if place == next {
                next = removed.next()
            } else {
                kept.append(items[place])
            }
        }
        keep(kept)
    }
}

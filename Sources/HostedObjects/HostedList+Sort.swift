import DequeModule
import Pickle

// `sort(*, key=None, reverse=False)`.
extension HostedList {
    func sort(_ arguments: Arguments) throws(Failure) {
        let options = try SortOptions(arguments)
        guard items.count > 0 else { return }
        if let refusal = options.refusal { throw refusal }
        // Reversed before and after, equal items stay in their order.
        if options.isReversed { reorder { $0.reverse() } }
        var sorter = StableSorter(count: items.count)
        let old = items
        defer {
            // After a failure the items stand as far as they have been sorted, as in CPython.
            reorder { items in
                for (place, index) in sorter.order.enumerated() { items[place] = old[index] }
                if options.isReversed { items.reverse() }
            }
        }
        let keys = try SortKeys(old)
        var fuel = ComparisonFuel()
        try sorter.sort { (left, right) throws(Failure) in
            try keys.isLess(left, right, &fuel)
        }
    }
}

private struct SortOptions {
    var isReversed = false
    /// Why it cannot be done, told only where there is something to sort.
    var refusal: Failure?

    init(_ arguments: Arguments) throws(Failure) {
        let given = arguments.count + arguments.keywords.count / 2
        guard given <= 2 else {
            let kind = arguments.count == 0 ? "keyword " : ""
            throw .type("sort() takes at most 2 \(kind)arguments (\(given) given)")
        }
        guard arguments.count == 0 else { throw .type("sort() takes no positional arguments") }
        for index in stride(from: 0, to: arguments.keywords.count, by: 2) {
            let name = arguments.text(arguments.keywords[index]) ?? "?"
            let slice = arguments.keywords[index + 1]
            switch name {
            case "reverse": isReversed = try arguments.isTrue(slice)
            case "key": refusal = try Self.refusal(of: slice, arguments)
            default:
                let hint = Suggestion.text(for: name, among: ["key", "reverse"])
                throw .type("sort() got an unexpected keyword argument '\(name)'\(hint)")
            }
        }
    }

    private static func refusal(
        of key: PickleSlice, _ arguments: Arguments
    ) throws(Failure) -> Failure? {
        if key.kind == .none { return nil }
        let value = try arguments.decoded(key)
        switch value.kind {
        case .global, .extensionCode, .object:
            return .type("sort(key=…) is refused: the manager calls no functions of its clients")
        default:
            return .type("'\(value.nameOfType)' object is not callable")
        }
    }
}

/// Items made ready to be compared: ints and str by themselves, if all are of one kind.
private enum SortKeys {
    case ints([Int])
    case texts([ArraySlice<UInt8>])
    case values([PickleValue], [SortPrefix])

    init(_ items: Deque<PickledValue>) throws(Failure) {
        switch items.first.map(Scalar.init) {
        case .int?:
            let ints = items.compactMap(\.plainInt)
            self = .ints(ints)
            if ints.count == items.count { return }
        case .str?:
            let texts = items.compactMap(\.plainText)
            self = .texts(texts)
            if texts.count == items.count { return }
        default: break
        }
        var values: [PickleValue] = []
        values.reserveCapacity(items.count)
        for item in items { values.append(try item.decodedOrFailure()) }
        self = .values(values, values.map { SortPrefix($0) })
    }

    /// - Parameter fuel: what is left for all comparisons of the sort.
    func isLess(
        _ left: Int, _ right: Int, _ fuel: inout ComparisonFuel
    ) throws(Failure) -> Bool {
        switch self {
        case .ints(let keys): return keys[left] < keys[right]
        case .texts(let keys): return ByteOrder.precedes(keys[left], keys[right])
        case .values(let keys, let prefixes):
            if let isLess = prefixes[left].isLess(than: prefixes[right]) { return isLess }
            do {
                return try keys[left].isLess(than: keys[right], &fuel)
            } catch {
                throw Failure(error)
            }
        }
    }
}

extension PickledValue {
    fileprivate var plainInt: Int? {
        guard case .int(let number) = Scalar(self) else { return nil }
        return number
    }

    fileprivate var plainText: ArraySlice<UInt8>? {
        guard case .str(let range) = Scalar(self) else { return nil }
        return body[range]
    }
}

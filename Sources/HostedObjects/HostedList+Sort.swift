import DequeModule
import Pickle

// `sort(*, key=None, reverse=False)`.
extension HostedList {
    func sort(_ arguments: Arguments) throws(Failure) {
        let options = try SortOptions(arguments)
        guard items.count > 0 else { return }
        if let refusal = options.refusal { throw refusal }
        let keys = try SortKeys(items, options.key, isReversed: options.isReversed)
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
        var fuel = ComparisonFuel()
        try sorter.sort { (left, right) throws(Failure) in
            try keys.isLess(left, right, &fuel)
        }
    }
}

private struct SortOptions {
    var isReversed = false
    var key: SortKeyFunction?
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
            case "key": try setKey(slice, arguments)
            default:
                let hint = Suggestion.text(for: name, among: ["key", "reverse"])
                throw .type("sort() got an unexpected keyword argument '\(name)'\(hint)")
            }
        }
    }

    private mutating func setKey(
        _ slice: PickleSlice, _ arguments: Arguments
    ) throws(Failure) {
        if slice.kind == .none { return }
        let value = try arguments.decoded(slice)
        key = SortKeyFunction(value)
        guard key == nil else { return }
        switch value.kind {
        case .global, .extensionCode, .object:
            refusal = SortKeyFunction.refusal("the manager calls no functions of its clients")
        default:
            refusal = .type("'\(value.nameOfType)' object is not callable")
        }
    }
}

/// Items made ready to be compared: ints and str by themselves, if all are of one kind.
private enum SortKeys {
    case ints([Int])
    case texts([ArraySlice<UInt8>])
    case values([PickleValue], [SortPrefix])

    /// - Parameter isReversed: whether the last item is the first one; it is looked at last all the
    ///   same, should one of them fail.
    init(
        _ items: Deque<PickledValue>, _ key: SortKeyFunction?, isReversed: Bool
    ) throws(Failure) {
        self = try Self.keys(items, key)
        guard isReversed else { return }
        switch self {
        case .ints(let keys): self = .ints(keys.reversed())
        case .texts(let keys): self = .texts(keys.reversed())
        case .values(let keys, let prefixes): self = .values(keys.reversed(), prefixes.reversed())
        }
    }

    private static func keys(
        _ items: Deque<PickledValue>, _ key: SortKeyFunction?
    ) throws(Failure) -> SortKeys {
        switch items.first.map(Scalar.init) {
        case _ where key != nil: break
        case .int?:
            let ints = items.compactMap(\.plainInt)
            if ints.count == items.count { return .ints(ints) }
        case .str?:
            let texts = items.compactMap(\.plainText)
            if texts.count == items.count { return .texts(texts) }
        default: break
        }
        var values: [PickleValue] = []
        values.reserveCapacity(items.count)
        for item in items {
            let value = try item.decodedOrFailure()
            values.append(try key?(value) ?? value)
        }
        return .values(values, values.map { SortPrefix($0) })
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

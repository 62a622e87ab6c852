import DequeModule
import Pickle

// `sort(*, key=None, reverse=False)`.
extension HostedList {
    func sort(_ arguments: Arguments) throws(Failure) {
        let options = try SortOptions(arguments)
        guard items.count > 0 else { return }
        if let refusal = options.refusal { throw refusal }
        var fuel = ComparisonFuel()
        let keys = try SortKeys(items, options.key, isReversed: options.isReversed, &fuel)
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

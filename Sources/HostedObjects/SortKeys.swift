import DequeModule
import Pickle

/// Items made ready to be compared: ints and str by themselves, if all are of one kind; others by
/// what stands first in them.
enum SortKeys {
    case ints([Int])
    case texts([ArraySlice<UInt8>])
    case columns(SortColumns)

    /// - Parameters:
    ///   - isReversed: whether the last item is the first one; it is looked at last all the same,
    ///     should one of them fail.
    ///   - fuel: what is left for all of the sort.
    init(
        _ items: Deque<PickledValue>, _ key: SortKeyFunction?, isReversed: Bool,
        _ fuel: inout ComparisonFuel
    ) throws(Failure) {
        if key == nil, let plain = Self.plain(items) {
            self = plain
        } else {
            self = .columns(try SortColumns(items, key, &fuel))
        }
        guard isReversed else { return }
        switch self {
        case .ints(let keys): self = .ints(keys.reversed())
        case .texts(let keys): self = .texts(keys.reversed())
        case .columns(let columns): self = .columns(columns.reversed())
        }
    }

    private static func plain(_ items: Deque<PickledValue>) -> SortKeys? {
        switch items.first.map(Scalar.init) {
        case .int?:
            let ints = items.compactMap(\.plainInt)
            return ints.count == items.count ? .ints(ints) : nil
        case .str?:
            let texts = items.compactMap(\.plainText)
            return texts.count == items.count ? .texts(texts) : nil
        default: return nil
        }
    }

    /// - Parameter fuel: what is left for all comparisons of the sort.
    func isLess(
        _ left: Int, _ right: Int, _ fuel: inout ComparisonFuel
    ) throws(Failure) -> Bool {
        switch self {
        case .ints(let keys): return keys[left] < keys[right]
        case .texts(let keys): return ByteOrder.precedes(keys[left], keys[right])
        case .columns(let columns):
            do {
                return try columns.isLess(left, right, &fuel)
            } catch {
                throw Failure(error)
            }
        }
    }
}

/// Rows of values, each row compared by its first value, then by its second, and so on.
///
/// A row is an item by itself; or the first few items of a tuple or a list, where all items are
/// such; or what a function gives.
struct SortColumns {
    /// How many items of a tuple are looked up beforehand.
    private static let mostColumns = 4

    private let width: Int
    /// The rows, one after the other.
    private var cells: [PickleValue] = []
    private var prefixes: [SortPrefix] = []
    /// What is compared where the cells do not tell; nil where the cells are all there is.
    private var wholes: [PickleValue]?
    /// Whether rows with equal cells are equal.
    private var isComplete = true

    init(
        _ items: Deque<PickledValue>, _ key: SortKeyFunction?, _ fuel: inout ComparisonFuel
    ) throws(Failure) {
        var values: [PickleValue] = []
        values.reserveCapacity(items.count * (key?.width ?? 1))
        for item in items {
            let value = try item.decodedOrFailure()
            if let key { values += try key.row(of: value, &fuel) } else { values.append(value) }
        }
        if let key, key.width > 1 {
            width = key.width
            cells = values
        } else if let (columns, isComplete) = Self.columns(values) {
            width = columns
            self.isComplete = isComplete
            for value in values { cells += (0..<columns).map { value.item(at: $0) } }
            wholes = values
        } else {
            width = 1
            cells = values
            wholes = values
        }
        prefixes.reserveCapacity(cells.count)
        do {
            for cell in cells { prefixes.append(try SortPrefix(cell, &fuel)) }
        } catch {
            throw Failure(error)
        }
    }

    /// How many first items all values have, if all are tuples, or lists, and whether none has
    /// more.
    private static func columns(_ values: [PickleValue]) -> (columns: Int, isComplete: Bool)? {
        guard let first = values.first, var least = first.sequenceCount else { return nil }
        var isComplete = true
        for value in values {
            guard let count = value.sequenceCount, value.isTuple == first.isTuple else {
                return nil
            }
            isComplete = isComplete && count == first.sequenceCount
            least = min(least, count)
        }
        guard least > 0 else { return nil }
        let columns = min(least, mostColumns)
        return (columns, isComplete && columns == least)
    }

    func reversed() -> SortColumns {
        var copy = self
        let rows = cells.count / width
        let order = (0..<rows).reversed().flatMap { row in row * width..<(row + 1) * width }
        copy.cells = order.map { cells[$0] }
        copy.prefixes = order.map { prefixes[$0] }
        copy.wholes = wholes?.reversed()
        return copy
    }

    func isLess(
        _ left: Int, _ right: Int, _ fuel: inout ComparisonFuel
    ) throws(PickleError) -> Bool {
        for column in 0..<width {
            let (leftCell, rightCell) = (left * width + column, right * width + column)
            switch prefixes[leftCell].order(prefixes[rightCell]) {
            case .less: return true
            case .greater: return false
            case .equal: continue
            case .unknown: break
            }
            if let wholes { return try wholes[left].isLess(than: wholes[right], &fuel) }
            if try cells[leftCell].isEqual(to: cells[rightCell], &fuel) { continue }
            return try cells[leftCell].isLess(than: cells[rightCell], &fuel)
        }
        guard let wholes, !isComplete else { return false }
        return try wholes[left].isLess(than: wholes[right], &fuel)
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

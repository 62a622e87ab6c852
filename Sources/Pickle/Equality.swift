/// Compares two values, pair by pair, without recursion.
///
/// All pairs must be equal, so there is no order among them and no way back. A pair of containers
/// or long texts that was met before is not looked at again: that ends cycles, and keeps a value
/// that shares its parts from costing more than its size.
struct Equality {
    private struct Pair: Hashable {
        var left: NodeID
        var right: NodeID
    }

    private let left: Arena
    private let right: Arena
    private let isSameArena: Bool
    private(set) var fuel: Int
    private var pairs: [Pair] = []
    private var met: Set<Pair> = []

    init(_ left: Arena, _ right: Arena, limits: PickleLimits) {
        let least = limits.comparisons
        self.init(
            left, right, fuel: left.fuel(atLeast: least) + right.fuel(atLeast: least))
    }

    init(_ left: Arena, _ right: Arena, fuel: Int) {
        self.left = left
        self.right = right
        self.fuel = fuel
        isSameArena = left === right
    }

    /// - Throws: ``PickleError`` with `limitExceeded` when the fuel is used up.
    mutating func compare(
        _ leftID: NodeID, _ rightID: NodeID, isInside: Bool = false
    ) throws(PickleError) -> Bool {
        pairs.removeAll(keepingCapacity: true)
        if !met.isEmpty { met = [] }
        pairs.append(Pair(left: leftID, right: rightID))
        var isTop = !isInside
        while let pair = pairs.popLast() {
            fuel -= 1
            guard fuel >= 0 else { throw .limitExceeded("comparisons") }
            // Inside containers Python takes one and the same object to be equal to itself, even
            // nan.
            if isSameArena, !isTop, pair.left == pair.right { continue }
            isTop = false
            guard try isEqual(pair) else { return false }
        }
        // Texts are paid for after they were compared: the last one's too.
        guard fuel >= 0 else { throw .limitExceeded("comparisons") }
        return true
    }

    /// Whether a pair is equal, as far as its children are, which are left to be compared.
    private mutating func isEqual(_ pair: Pair) throws(PickleError) -> Bool {
        switch (left[pair.left], right[pair.right]) {
        case (.none, .none): return true
        case (.str(let left), .str(let right)): return bytesEqual(left, right, of: pair)
        case (.bytes(let left), .bytes(let right)), (.bytes(let left), .byteArray(let right)),
            (.byteArray(let left), .bytes(let right)),
            (.byteArray(let left), .byteArray(let right)),
            (.bigInt(let left), .bigInt(let right)):
            return bytesEqual(left, right, of: pair)
        case (.tuple(let left), .tuple(let right)), (.list(let left), .list(let right)):
            return pushChildren(left, right, of: pair)
        case (.dict(let left), .dict(let right)):
            return try pushValues(left, right, of: pair)
        case (.set(let left), .set(let right)), (.set(let left), .frozenSet(let right)),
            (.frozenSet(let left), .set(let right)), (.frozenSet(let left), .frozenSet(let right)):
            return try isSameSet(left, right, of: pair)
        case (.global(let leftModule, let leftName), .global(let rightModule, let rightName)):
            return left.text(leftModule) == right.text(rightModule)
                && left.text(leftName) == right.text(rightName)
        case (.extensionCode(let left), .extensionCode(let right)): return left == right
        case (.object(let leftIndex), .object(let rightIndex)):
            if case (let leftInstance?, let rightInstance?) = instances(leftIndex, rightIndex) {
                return leftInstance.isEqual(to: rightInstance)
            }
            return try pushObjects(leftIndex, rightIndex, of: pair)
        case (.object, _), (_, .object):
            // What it takes to find out whether the instance is a number.
            fuel -= 4
            return numbersEqual(pair)
        default: return numbersEqual(pair)
        }
    }

    // MARK: Leaves

    private mutating func bytesEqual(
        _ leftBytes: Extent, _ rightBytes: Extent, of pair: Pair
    ) -> Bool {
        guard leftBytes.count == rightBytes.count else { return false }
        if leftBytes.count >= 64, !isNew(pair) { return true }
        fuel -= Int(leftBytes.count) / 64
        return left.bytes(leftBytes) == right.bytes(rightBytes)
    }

    /// Compares numbers, two big ints excepted.
    private func numbersEqual(_ pair: Pair) -> Bool {
        let leftValue = PickleValue(left, pair.left)
        let rightValue = PickleValue(right, pair.right)
        guard let leftReal = realPart(leftValue), let rightReal = realPart(rightValue) else {
            return false
        }
        return leftReal.imaginary == rightReal.imaginary
            && NumberOrder.compare(leftReal.real, rightReal.real) == .equal
    }

    private func realPart(
        _ value: PickleValue
    ) -> (real: NumberOrder.Number, imaginary: Double)? {
        if case .complex(let real, let imaginary) = value.node { return (.float(real), imaginary) }
        // No float is as large as an int of more than 129 bytes.
        if case .bigInt(let extent) = value.node, extent.count > 129 { return nil }
        return value.number.map { ($0, 0) }
    }

    // MARK: Containers

    private mutating func isNew(_ pair: Pair) -> Bool { met.insert(pair).inserted }

    private mutating func pushChildren(_ leftLinks: Extent, _ rightLinks: Extent, of pair: Pair)
        -> Bool
    {
        guard leftLinks.count == rightLinks.count else { return false }
        guard !leftLinks.isEmpty, isNew(pair) else { return true }
        push(leftLinks, rightLinks)
        return true
    }

    /// Leaves children to be compared, the first one first. That they are looked up costs a little,
    /// should the first one differ.
    private mutating func push(_ leftLinks: Extent, _ rightLinks: Extent) {
        fuel -= Int(leftLinks.count) / 8
        let children = zip(left.children(leftLinks), right.children(rightLinks))
        for (left, right) in children.reversed() { pairs.append(Pair(left: left, right: right)) }
    }

    private mutating func pushValues(
        _ leftLinks: Extent, _ rightLinks: Extent, of pair: Pair
    ) throws(PickleError) -> Bool {
        guard leftLinks.count == rightLinks.count else { return false }
        guard !leftLinks.isEmpty, isNew(pair) else { return true }
        if isSameArena, leftLinks == rightLinks {
            push(leftLinks, rightLinks)
            return true
        }
        return try pushValues(left.pairs(leftLinks), right.pairs(rightLinks))
    }

    /// The same of as many items of each.
    private mutating func pushValues(
        _ leftItems: [(key: NodeID, value: NodeID)], _ rightItems: [(key: NodeID, value: NodeID)]
    ) throws(PickleError) -> Bool {
        var values: [[UInt8]: NodeID] = [:]
        for (key, value) in rightItems { values[try canonicalKey(right, key)] = value }
        // As a key nan is equal to nothing.
        values[KeyWriter.nan] = nil
        let start = pairs.count
        for (key, value) in leftItems {
            guard let other = values[try canonicalKey(left, key)] else { return false }
            pairs.append(Pair(left: value, right: other))
        }
        // The first one first.
        pairs[start...].reverse()
        return pairs.count - start == values.count
    }

    private mutating func isSameSet(
        _ leftLinks: Extent, _ rightLinks: Extent, of pair: Pair
    ) throws(PickleError) -> Bool {
        guard leftLinks.count == rightLinks.count else { return false }
        if isSameArena, leftLinks == rightLinks { return true }
        return isNew(pair) ? try isSubset(leftLinks, rightLinks) : true
    }

    mutating func isProperSubset(
        _ leftLinks: Extent, _ rightLinks: Extent
    ) throws(PickleError) -> Bool {
        leftLinks.count < rightLinks.count ? try isSubset(leftLinks, rightLinks) : false
    }

    private mutating func isSubset(
        _ leftLinks: Extent, _ rightLinks: Extent
    ) throws(PickleError) -> Bool {
        var keys: Set<[UInt8]> = []
        for id in right.children(rightLinks) { keys.insert(try canonicalKey(right, id)) }
        keys.remove(KeyWriter.nan)
        for id in left.children(leftLinks) {
            guard keys.contains(try canonicalKey(left, id)) else { return false }
        }
        return true
    }

    private mutating func canonicalKey(
        _ arena: Arena, _ id: NodeID
    ) throws(PickleError) -> [UInt8] {
        var limits = PickleLimits.default
        limits.keyLength = .max
        var writer = KeyWriter(arena, limits: limits, fuel: fuel)
        defer { fuel = writer.fuel }
        do throws(PickleError) {
            return try writer.key(of: id)
        } catch  where error.code == .unhashable {
            // No key of Python's; but a set of Swift's may hold what is a dict or a list here.
            return try writer.key(ofPart: id)
        }
    }

    // MARK: Objects

    /// What two instances are compared by.
    mutating func instances(
        _ leftIndex: Int, _ rightIndex: Int
    ) -> (StandardInstance?, StandardInstance?) {
        (
            left.standardInstance(left.objects[leftIndex], &fuel),
            right.standardInstance(right.objects[rightIndex], &fuel)
        )
    }

    private mutating func pushObjects(
        _ leftIndex: Int, _ rightIndex: Int, of pair: Pair
    ) throws(PickleError) -> Bool {
        let leftObject = left.objects[leftIndex]
        let rightObject = right.objects[rightIndex]
        guard leftObject.construction == rightObject.construction,
            (leftObject.keywords == nil) == (rightObject.keywords == nil)
        else { return false }
        guard isNew(pair) else { return true }
        if let leftRange = RangeObject(leftObject, in: left),
            let rightRange = RangeObject(rightObject, in: right)
        {
            return leftRange == rightRange
        }
        pairs.append(Pair(left: leftObject.callable, right: rightObject.callable))
        if let (left, right) = sameClocks(leftObject, rightObject) {
            pairs.append(Pair(left: left, right: right))
            return true
        }
        pairs.append(Pair(left: leftObject.arguments, right: rightObject.arguments))
        if let left = leftObject.keywords, let right = rightObject.keywords {
            pairs.append(Pair(left: left, right: right))
        }
        fuel -= leftObject.stepSize + rightObject.stepSize
        var leftSteps = left.mergedSteps(leftObject)
        var rightSteps = right.mergedSteps(rightObject)
        // The items of a dict are in no order, whatever its class; but for this one.
        if !leftSteps.items.isEmpty,
            !left.isGlobal(leftObject.callable, "collections", "OrderedDict")
        {
            let (leftItems, rightItems) = (leftSteps.items, rightSteps.items)
            guard leftItems.count == rightItems.count,
                try pushValues(Arena.pairs(leftItems[...]), Arena.pairs(rightItems[...]))
            else { return false }
            leftSteps.items = []
            rightSteps.items = []
        }
        return pushSteps(leftSteps, rightSteps)
    }

    /// The zones of two `datetime`s whose clocks show the same: which of two hours of one name it
    /// is does not count.
    private func sameClocks(
        _ leftObject: ArenaObject, _ rightObject: ArenaObject
    ) -> (NodeID, NodeID)? {
        guard let leftMoment = left.localMoment(leftObject),
            let rightMoment = right.localMoment(rightObject),
            leftMoment.moment.microseconds == rightMoment.moment.microseconds,
            let leftZone = leftMoment.zone, let rightZone = rightMoment.zone
        else { return nil }
        return (leftZone, rightZone)
    }

    private mutating func pushSteps(_ leftSteps: MergedSteps, _ rightSteps: MergedSteps) -> Bool {
        let leftLists = leftSteps.lists
        let rightLists = rightSteps.lists
        guard leftLists.map(\.count) == rightLists.map(\.count) else { return false }
        for (leftList, rightList) in zip(leftLists, rightLists) {
            for (left, right) in zip(leftList, rightList) {
                pairs.append(Pair(left: left, right: right))
            }
        }
        return true
    }
}

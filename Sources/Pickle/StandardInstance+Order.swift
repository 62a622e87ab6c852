// Instances that have an order among their like.
extension PickleValue {
    /// Whether an instance is less than another one.
    ///
    /// - Throws: `unorderable` where Python has no order, or none is known here; `limitExceeded`.
    func isLess(
        _ index: Int, _ other: PickleValue, _ otherIndex: Int, _ equality: inout Equality
    ) throws(PickleError) -> Bool {
        let instances = equality.instances(index, otherIndex)
        guard equality.fuel >= 0 else { throw .limitExceeded("comparisons") }
        switch instances {
        case (.number(let left)?, .number(let right)?):
            return NumberOrder.compare(left, right) == .less
        case (.place(let scale, let left)?, .place(let otherScale, let right)?)
        where scale == otherScale:
            return left < right
        case (.path(let left)?, .path(let right)?): return ByteOrder.precedes(left[...], right[...])
        default: break
        }
        if let local = arena.localMoment(arena.objects[index]),
            let other = other.arena.localMoment(other.arena.objects[otherIndex])
        {
            return try Self.isLess(local, other, &equality)
        }
        throw .unorderable(typeName, other.typeName)
    }

    /// Where both name the same zone, Python looks at their clocks.
    ///
    /// - Throws: `unorderable` for those of different zones whose offsets their pickles do not
    ///   tell, and where Python refuses.
    private static func isLess(
        _ left: LocalMoment, _ right: LocalMoment, _ equality: inout Equality
    ) throws(PickleError) -> Bool {
        guard left.isDate == right.isDate else {
            throw .unorderable("datetime.datetime", "datetime.date")
        }
        guard let zone = left.zone, let otherZone = right.zone else {
            throw .incomparable("can't compare offset-naive and offset-aware datetimes")
        }
        guard try equality.compare(zone, otherZone) else {
            throw .incomparable(
                "datetimes of different zones are not compared here, unless they are"
                    + " datetime.timezone")
        }
        return left.moment.microseconds < right.moment.microseconds
    }
}

/// By the clock of a place, and where that is, if it is told.
typealias LocalMoment = (moment: Moment, isDate: Bool, zone: NodeID?)

extension Arena {
    /// A `datetime` or a `date`.
    func localMoment(_ object: ArenaObject) -> LocalMoment? {
        let isDate = isGlobal(object.callable, "datetime", "date")
        let arguments = children(items(ofTuple: object.arguments))
        guard isDate || isGlobal(object.callable, "datetime", "datetime"), arguments.count <= 2,
            object.construction == .reduce, let first = arguments.first,
            case .bytes(let fields) = self[first], let moment = Moment(bytes(fields))
        else { return nil }
        return (moment, isDate, arguments.dropFirst().first)
    }
}

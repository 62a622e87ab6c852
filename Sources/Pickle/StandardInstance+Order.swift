// Instances that have an order among their like.
extension PickleValue {
    /// Whether an instance is less than another one.
    ///
    /// - Throws: `unorderable` where Python has no order, or none is known here; `limitExceeded`.
    func isLess(
        _ index: Int, _ other: PickleValue, _ otherIndex: Int, _ equality: inout Equality
    ) throws(PickleError) -> Bool {
        let (instance, otherInstance) = try equality.instances(index, otherIndex)
        switch (instance, otherInstance) {
        case (.number(let left)?, .number(let right)?):
            return NumberOrder.compare(left, right) == .less
        case (.place(let scale, let left)?, .place(let otherScale, let right)?)
        where scale == otherScale:
            return left < right
        case (.path(let left)?, .path(let right)?): return ByteOrder.precedes(left[...], right[...])
        default: break
        }
        if let local = localMoment(index), let other = other.localMoment(otherIndex) {
            return try isLess(local, other, &equality)
        }
        throw .unorderable(typeName, other.typeName)
    }

    // MARK: Dates

    /// By the clock of a place, and where that is, if it is told.
    private typealias LocalMoment = (moment: Moment, isDate: Bool, zone: PickleValue?)

    /// A `datetime` or a `date`.
    private func localMoment(_ index: Int) -> LocalMoment? {
        let object = PickleObject(arena.objects[index], of: self)
        let isDate = object.isCall(of: "datetime", "date")
        guard isDate || object.isCall(of: "datetime", "datetime"),
            case .bytes(let fields)? = object.arguments.first?.kind,
            let moment = Moment(fields[...])
        else { return nil }
        return (moment, isDate, object.arguments.dropFirst().first)
    }

    /// Where both name the same zone, Python looks at their clocks.
    ///
    /// - Throws: `unorderable` for those of different zones whose offsets their pickles do not
    ///   tell, and where Python refuses.
    private func isLess(
        _ left: LocalMoment, _ right: LocalMoment, _ equality: inout Equality
    ) throws(PickleError) -> Bool {
        guard left.isDate == right.isDate else {
            throw .unorderable("datetime.datetime", "datetime.date")
        }
        guard let zone = left.zone, let otherZone = right.zone else {
            throw .incomparable("can't compare offset-naive and offset-aware datetimes")
        }
        guard try equality.compare(zone.id, otherZone.id) else {
            throw .incomparable(
                "datetimes of different zones are not compared here, unless they are"
                    + " datetime.timezone")
        }
        return left.moment.microseconds < right.moment.microseconds
    }
}

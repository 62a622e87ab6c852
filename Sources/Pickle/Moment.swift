/// A moment as Python's `date` and `datetime` tell it, and the bytes as which they are pickled.
///
/// ```text
/// 0     2      3    4     5       6       7
/// year  month  day  hour  minute  second  microseconds       big-endian; a date: year to day
/// ```
struct Moment {
    /// A second and a day, in microseconds.
    static let (second, day) = (1_000_000, 86_400_000_000)

    /// Since 0001-01-01, in microseconds.
    let microseconds: Int

    /// What the bytes of a `datetime` say, or those of a `date`: where no zone is told, by the
    /// clock of a place.
    init?(_ fields: ArraySlice<UInt8>) {
        let fields = Array(fields)
        guard fields.count == 10 || fields.count == 4 else { return nil }
        // The month's highest bit tells the second of two hours of the same name.
        let month = Int(fields[2] & 0x7F)
        let year = Int(fields[0]) << 8 | Int(fields[1])
        guard 1...9999 ~= year, 1...12 ~= month else { return nil }
        let first = Self.days(before: year, month)
        let next = month < 12 ? Self.days(before: year, month + 1) : first + 31
        guard 1...(next - first) ~= Int(fields[3]), let time = Self.time(fields[4...]) else {
            return nil
        }
        microseconds = (first + Int(fields[3]) - 1) * Self.day + time
    }

    /// What a `datetime` with a `timezone` says, in UTC.
    init?(utcOf datetime: PickleObject) {
        let arguments = datetime.arguments
        guard arguments.count == 2, case .bytes(let fields) = arguments[0].kind,
            fields.count == 10, let local = Moment(fields[...]),
            let difference = Self.offset(of: arguments[1])
        else { return nil }
        microseconds = local.microseconds - difference
    }

    /// How far a `timezone` is from UTC, in microseconds; nil for a zone of another class.
    static func offset(of zone: PickleValue) -> Int? {
        guard case .object(let zone) = zone.kind, zone.isCall(of: "datetime", "timezone"),
            case .object(let offset)? = zone.arguments.first?.kind,
            offset.isCall(of: "datetime", "timedelta"),
            // Less than a day either way.
            let difference = Timedelta(offset).flatMap({ Int(exactly: $0.microseconds) }),
            -day..<day ~= difference
        else { return nil }
        return difference
    }

    /// The microseconds since midnight, of the last six bytes of a `datetime`, or all of a `time`;
    /// 0 where there are none.
    static func time(_ fields: ArraySlice<UInt8>) -> Int? {
        let fields = Array(fields)
        guard !fields.isEmpty else { return 0 }
        let fraction = fields[3...].reduce(0) { $0 << 8 | Int($1) }
        guard fields[0] < 24, fields[1] < 60, fields[2] < 60, fraction < second else { return nil }
        return ((Int(fields[0]) * 60 + Int(fields[1])) * 60 + Int(fields[2])) * second + fraction
    }

    /// The days from 0001-01-01 to the first of a month.
    ///
    /// By the months from March on, whose days before them are `(153 m + 2) / 5`
    /// (E. G. Richards, Calendars; H. Hinnant, days_from_civil).
    private static func days(before year: Int, _ month: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let months = (month + 9) % 12
        return 365 * year + year / 4 - year / 100 + year / 400 + (153 * months + 2) / 5
            - 306
    }

    /// A `datetime` in UTC.
    var value: PickleValue {
        let (days, rest) = microseconds.quotientAndRemainder(dividingBy: Self.day)
        let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: Self.second)
        // The year at least, for a year has no more than 366 days; then the month.
        var year = days / 366 + 1
        while Self.days(before: year + 1, 1) <= days { year += 1 }
        var month = 1
        while month < 12, Self.days(before: year, month + 1) <= days {
            month += 1
        }
        let day = days - Self.days(before: year, month) + 1
        let fields = [
            year >> 8, year, month, day, seconds / 3600, seconds / 60 % 60, seconds % 60,
            fraction >> 16, fraction >> 8, fraction,
        ]
        let utc = PickleValue.reduce(
            .global(module: "datetime", name: "timezone"),
            [
                .reduce(
                    .global(module: "datetime", name: "timedelta"), [.int(0), .int(0), .int(0)])
            ])
        return .reduce(
            .global(module: "datetime", name: "datetime"),
            [.bytes(fields.map { UInt8(truncatingIfNeeded: $0) }), utc])
    }
}

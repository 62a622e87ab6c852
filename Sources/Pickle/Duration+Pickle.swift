/// `datetime.timedelta`, to the microsecond. Seconds are read too.
extension Duration: PickleWritable {
    func write(to state: EncodingState, path: CodingPath) throws {
        guard let span = Timedelta(self) else {
            throw path.encodingError("\(self) is more than the 999,999,999 days of a timedelta")
        }
        span.value.write(to: state, path: path)
    }
}

extension Duration: PickleReadable {
    static func read(_ decoder: ValueDecoder) throws -> Duration {
        switch decoder.value.kind {
        case .int(let seconds): return .seconds(seconds)
        case .float(let seconds):
            guard abs(seconds) < Timedelta.limit else {
                throw decoder.path.corrupted("\(seconds) s do not fit Duration")
            }
            return .seconds(seconds)
        case .object(let object) where object.isCall(of: "datetime", "timedelta"):
            guard let span = Timedelta(object) else {
                throw decoder.path.corrupted("a timedelta has days, seconds and microseconds")
            }
            return span.duration
        default: throw decoder.mismatch(self)
        }
    }
}

/// A span of time as Python's `timedelta` has it: days, and seconds and microseconds that are
/// never below 0.
struct Timedelta {
    /// More than all days, in seconds.
    static let limit = 86_400e9
    private static let (second, day) = (1_000_000 as Int128, 86_400_000_000 as Int128)
    private static let days: ClosedRange<Int128> = -999_999_999...999_999_999

    let microseconds: Int128

    /// - Returns: nil for more days than a `timedelta` has.
    init?(_ duration: Duration) {
        let attoseconds = duration.attoseconds
        let microsecond = 1_000_000_000_000 as Int128
        let half = attoseconds < 0 ? -microsecond / 2 : microsecond / 2
        let (sum, overflow) = attoseconds.addingReportingOverflow(half)
        microseconds = (overflow ? attoseconds : sum) / microsecond
        guard Self.days ~= parts.days else { return nil }
    }

    /// What a `timedelta` says; nil where it is none.
    init?(_ object: PickleObject) {
        let parts = object.arguments.map { $0.int }
        guard parts.count == 3, let days = parts[0], Self.days ~= Int128(days),
            let seconds = parts[1], 0..<86_400 ~= seconds, let rest = parts[2],
            0..<1_000_000 ~= rest
        else { return nil }
        microseconds = Int128(days) * Self.day + Int128(seconds) * Self.second + Int128(rest)
    }

    private var parts: (days: Int128, seconds: Int128, microseconds: Int128) {
        var (days, rest) = microseconds.quotientAndRemainder(dividingBy: Self.day)
        if rest < 0 {
            days -= 1
            rest += Self.day
        }
        return (days, rest / Self.second, rest % Self.second)
    }

    var duration: Duration {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: Self.second)
        return Duration(
            secondsComponent: Int64(seconds),
            attosecondsComponent: Int64(rest) * 1_000_000_000_000)
    }

    var value: PickleValue {
        let parts = parts
        return .reduce(
            .global(module: "datetime", name: "timedelta"),
            [.int(Int(parts.days)), .int(Int(parts.seconds)), .int(Int(parts.microseconds))])
    }
}

#if canImport(FoundationEssentials)
    import BigInt
    import FoundationEssentials

    // Foundation's values as Python's of the same meaning: their own `encode(to:)` writes what only
    // Swift reads, and a `Date` as a number that Python takes for another time.

    extension Data: PickleWritable {
        func write(to state: EncodingState, path: CodingPath) { state.writer.bytes(self) }
    }

    extension Data: PickleReadable {
        static func read(_ decoder: ValueDecoder) throws -> Data { Data(try [UInt8].read(decoder)) }
    }

    /// `datetime.datetime` in UTC, to the microsecond. One with another time zone of a fixed offset
    /// is read too, and seconds since 1970, as `time.time()` gives them.
    extension Date: PickleWritable {
        func write(to state: EncodingState, path: CodingPath) throws {
            guard let moment = UTCMoment(self) else {
                // By its number, for some dates trap when they are to be told in words.
                throw path.encodingError(
                    "\(timeIntervalSince1970) s from 1970 are not in the years 1 to 9999")
            }
            moment.value.write(to: state, path: path)
        }
    }

    extension Date: PickleReadable {
        static func read(_ decoder: ValueDecoder) throws -> Date {
            switch decoder.value.kind {
            case .int, .float:
                // CLOCK: a number is read, no time is asked for.
                return Date(timeIntervalSince1970: try Double.read(decoder))
            case .object(let object):
                guard object.isCall(of: "datetime", "datetime") else { break }
                guard object.argumentCount == 2 else {
                    throw decoder.path.corrupted("a datetime without a time zone is no Date")
                }
                guard let moment = UTCMoment(object) else {
                    throw decoder.path.corrupted("a Date wants a datetime.timezone")
                }
                return moment.date
            default: break
            }
            throw decoder.mismatch(self)
        }
    }

    /// `decimal.Decimal`
    extension Decimal: PickleWritable {
        func write(to state: EncodingState, path: CodingPath) {
            PickleValue.reduce(
                .global(module: "decimal", name: "Decimal"),
                [.str(isNaN ? "NaN" : description)]
            ).write(to: state, path: path)
        }
    }

    extension Decimal: PickleReadable {
        static func read(_ decoder: ValueDecoder) throws -> Decimal {
            if case .int(let number) = decoder.value.kind { return Decimal(number) }
            guard case .object(let object) = decoder.value.kind,
                object.isCall(of: "decimal", "Decimal"),
                case .str(let text)? = object.arguments.first?.kind
            else { throw decoder.mismatch(self) }
            guard let number = Decimal(pythonText: text) else {
                throw decoder.path.corrupted(
                    "\(decoder.value.repr(limit: 100)) does not fit Decimal")
            }
            return number
        }

        /// No number that fits has a longer text, but for zeros.
        private static let textLimit = 256
        /// A number has so many digits, and exponents of this size.
        private static let (digitLimit, exponents) = (38, -128...127)

        /// A number as `str()` writes it: digits with a point, perhaps, and an exponent.
        private init?(pythonText text: PickleString) {
            guard text.utf8.count <= Self.textLimit else { return nil }
            if text == "NaN" {
                self = .nan
                return
            }
            var rest = text.utf8[...]
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative { rest = rest.dropFirst() }
            let end = rest.firstIndex(of: UInt8(ascii: "E")) ?? rest.endIndex
            let mantissa = rest[..<end].split(
                separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let exponentText = String(decoding: rest[end...].dropFirst(), as: UTF8.self)
            guard mantissa.count <= 2, var exponent = end < rest.endIndex ? Int(exponentText) : 0,
                // Beyond that no text is long enough to make up for it.
                abs(Int128(exponent)) <= 1000
            else { return nil }
            var digits = mantissa.joined().map { Int($0) - 0x30 }[...]
            guard !digits.isEmpty, digits.allSatisfy((0...9).contains) else { return nil }
            if mantissa.count == 2 { exponent -= mantissa[1].count }
            digits = digits.drop { $0 == 0 }
            while digits.last == 0, exponent < 0 || digits.count > Self.digitLimit {
                digits.removeLast()
                exponent += 1
            }
            if digits.isEmpty { exponent = 0 }
            guard digits.count <= Self.digitLimit, Self.exponents ~= exponent else { return nil }
            let significand = digits.reduce(Decimal(0)) { $0 * 10 + Decimal($1) }
            self.init(
                sign: isNegative ? .minus : .plus, exponent: exponent, significand: significand)
        }
    }

    /// `uuid.UUID`; the text of one is read too.
    extension UUID: PickleWritable {
        func write(to state: EncodingState, path: CodingPath) {
            let number = unsafe withUnsafeBytes(of: uuid) { bytes in
                unsafe bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
            }
            PickleValue.newObject(
                .global(module: "uuid", name: "UUID"),
                state: .dict([(key: "int", value: .bigInt(BigInt(number)))])
            ).write(to: state, path: path)
        }
    }

    extension UUID: PickleReadable {
        static func read(_ decoder: ValueDecoder) throws -> UUID {
            if case .str(let text) = decoder.value.kind {
                guard let uuid = UUID(uuidString: text.description) else {
                    throw decoder.path.corrupted("\(decoder.value.repr(limit: 100)) is no UUID")
                }
                return uuid
            }
            guard case .object(let object) = decoder.value.kind,
                object.isInstance(of: "uuid", "UUID"), let number = decoder.field("int")
            else { throw decoder.mismatch(self) }
            return try unsafe withUnsafeBytes(of: number.decode(UInt128.self).bigEndian) { bytes in
                unsafe UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
            }
        }
    }

    /// Its text, a str.
    extension URL: PickleWritable {
        func write(to state: EncodingState, path: CodingPath) {
            absoluteString.write(to: state, path: path)
        }
    }

    extension URL: PickleReadable {
        static func read(_ decoder: ValueDecoder) throws -> URL {
            let text = try String.read(decoder)
            guard let url = URL(string: text) else {
                throw decoder.path.corrupted("\(decoder.value.repr(limit: 100)) is no URL")
            }
            return url
        }
    }

    /// A moment in UTC, and the ten bytes as which `datetime` is pickled.
    ///
    /// ```text
    /// 0     2      3    4     5       6       7
    /// year  month  day  hour  minute  second  microseconds       big-endian
    /// ```
    private struct UTCMoment {
        /// A second and a day, in microseconds.
        private static let (second, day) = (1_000_000, 86_400_000_000)
        /// From 0001-01-01 to 1970-01-01, in seconds.
        private static let secondsTo1970 = 719_162 * 86_400

        /// Since 0001-01-01, in microseconds.
        private let microseconds: Int

        /// - Returns: nil outside of the years 1 to 9999.
        init?(_ date: Date) {
            let seconds = date.timeIntervalSince1970
            guard seconds >= Double(-Self.secondsTo1970), seconds < 253_402_300_800 else {
                return nil
            }
            microseconds =
                Int((seconds * Double(Self.second)).rounded()) + Self.secondsTo1970 * Self.second
        }

        var date: Date {
            let since1970 = microseconds - Self.secondsTo1970 * Self.second
            let (seconds, rest) = since1970.quotientAndRemainder(dividingBy: Self.second)
            // CLOCK: a number is converted, no time is asked for.
            return Date(
                timeIntervalSince1970: Double(seconds) + Double(rest) / Double(Self.second))
        }

        /// What a `datetime` with a `timezone` says.
        init?(_ datetime: PickleObject) {
            let arguments = datetime.arguments
            guard arguments.count == 2, case .bytes(let fields) = arguments[0].kind,
                fields.count == 10, case .object(let zone) = arguments[1].kind,
                zone.isCall(of: "datetime", "timezone"),
                case .object(let offset)? = zone.arguments.first?.kind,
                offset.isCall(of: "datetime", "timedelta"),
                // Less than a day either way.
                let difference = Timedelta(offset).flatMap({ Int(exactly: $0.microseconds) }),
                -Self.day..<Self.day ~= difference
            else { return nil }
            // The month's highest bit tells the second of two hours of the same name.
            let month = Int(fields[2] & 0x7F)
            let year = Int(fields[0]) << 8 | Int(fields[1])
            let fraction = fields[7...].reduce(0) { $0 << 8 | Int($1) }
            guard 1...9999 ~= year, 1...12 ~= month, fields[4] < 24, fields[5] < 60,
                fields[6] < 60, fraction < Self.second
            else { return nil }
            let first = Self.days(before: year, month)
            let next = month < 12 ? Self.days(before: year, month + 1) : first + 31
            guard 1...(next - first) ~= Int(fields[3]) else { return nil }
            let time = (Int(fields[4]) * 60 + Int(fields[5])) * 60 + Int(fields[6])
            microseconds =
                (first + Int(fields[3]) - 1) * Self.day + time * Self.second + fraction
                - difference
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
#endif

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
            guard let moment = Moment(self) else {
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
                guard let moment = Moment(utcOf: object) else {
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

        /// A number's exponents.
        private static let exponents = -128...127

        /// The digits as an int, which a number has 128 bits for; nil for a greater one.
        private static func significand(_ digits: ArraySlice<Int>) -> UInt128? {
            digits.reduce(0 as UInt128?) { number, digit in
                guard let (high, isOver) = number?.multipliedReportingOverflow(by: 10), !isOver
                else { return nil }
                let (sum, overflow) = high.addingReportingOverflow(UInt128(digit))
                return overflow ? nil : sum
            }
        }

        private init?(pythonText text: PickleString) {
            if text == "NaN" {
                self = .nan
                return
            }
            guard let number = DecimalText(text.utf8[...]) else { return nil }
            var (digits, exponent) = (number.digits, number.exponent)
            while digits.last == 0, exponent < 0 || Self.significand(digits) == nil {
                digits.removeLast()
                exponent += 1
            }
            if digits.isEmpty { exponent = 0 }
            guard Self.significand(digits) != nil, Self.exponents ~= exponent else { return nil }
            let significand = digits.reduce(Decimal(0)) { $0 * 10 + Decimal($1) }
            self.init(
                sign: number.isNegative ? .minus : .plus, exponent: exponent,
                significand: significand)
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

    extension Moment {
        /// From 0001-01-01 to 1970-01-01, in seconds.
        private static let secondsTo1970 = 719_162 * 86_400

        /// - Returns: nil outside of the years 1 to 9999.
        fileprivate init?(_ date: Date) {
            let seconds = date.timeIntervalSince1970
            guard seconds >= Double(-Self.secondsTo1970), seconds < 253_402_300_800 else {
                return nil
            }
            microseconds =
                Int((seconds * Double(Self.second)).rounded()) + Self.secondsTo1970 * Self.second
        }

        fileprivate var date: Date {
            let since1970 = microseconds - Self.secondsTo1970 * Self.second
            let (seconds, rest) = since1970.quotientAndRemainder(dividingBy: Self.second)
            // CLOCK: a number is converted, no time is asked for.
            return Date(
                timeIntervalSince1970: Double(seconds) + Double(rest) / Double(Self.second))
        }
    }
#endif

internal import BigInt

/// What an instance of Python's library is compared by, where that is not how it was made:
/// `Decimal('1.50') == Decimal('1.5') == 1.5`, and dates have an order.
enum StandardInstance {
    /// A scalar of numpy's, a `Decimal`, a `Fraction`, or an `http.HTTPStatus`, of which it is
    /// known that it is an int.
    case number(NumberOrder.Number)
    case place(Scale, Int128)
    /// A path of POSIX's: its text, with 0 for each slash.
    case path([UInt8])
    /// A `Decimal` that is no number: equal to nothing, and without an order.
    case nan

    /// What has an order by itself and is equal to nothing else.
    enum Scale: UInt8 {
        /// In microseconds: those since the year 1 for both kinds of `datetime`, those since
        /// midnight for both of `time`.
        case date, datetime, awareDatetime, time, awareTime, timedelta
        /// The number of a `UUID`, less 2 to the power of 127.
        case uuid
    }

    /// Which modules have instances that are compared by something else than their parts. (Those of
    /// `datetime.date` and `timedelta` are made in one way only.)
    static func isOneOfModule(
        _ module: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer
    ) -> Bool {
        if unsafe module.elementsEqual("datetime".utf8) {
            return unsafe !name.elementsEqual("date".utf8)
                && !name.elementsEqual("timedelta".utf8)
        }
        let modules = ["numpy", "decimal", "fractions", "pathlib", "uuid", "http"]
        return modules.contains { unsafe module.starts(with: $0.utf8) }
    }

    func isEqual(to other: StandardInstance) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)): NumberOrder.compare(left, right) == .equal
        case (.place(let scale, let place), .place(let otherScale, let otherPlace)):
            scale == otherScale && place == otherPlace
        case (.path(let left), .path(let right)): left == right
        default: false
        }
    }
}

extension Arena {
    /// The number that an instance is, if it is one.
    func number(_ object: ArenaObject) -> NumberOrder.Number? {
        if case .number(let number)? = standardInstance(object) { number } else { nil }
    }

    /// The same, for who does not make many comparisons.
    func standardInstance(_ object: ArenaObject) -> StandardInstance? {
        var fuel = 0
        return standardInstance(object, &fuel)
    }

    /// - Parameter fuel: pays for the reading, about one for each microsecond.
    /// - Returns: nil for an instance of any other class, which is compared by how it is made.
    func standardInstance(_ object: ArenaObject, _ fuel: inout Int) -> StandardInstance? {
        guard object.keywords == nil, case .global(let moduleID, let nameID) = self[object.callable]
        else { return nil }
        let arguments = children(items(ofTuple: object.arguments))
        let module = text(moduleID)
        if object.construction == .newObject {
            guard module.elementsEqual("uuid".utf8), text(nameID).elementsEqual("UUID".utf8) else {
                return nil
            }
            return uuid(object)
        }
        guard object.construction == .reduce, object.steps.isEmpty else { return nil }
        // By the length, for most instances are none of these.
        switch module.count {
        case 7 where module.elementsEqual("decimal".utf8):
            guard text(nameID).elementsEqual("Decimal".utf8), arguments.count == 1,
                case .str(let text)? = arguments.first.map({ self[$0] })
            else { return nil }
            return decimal(bytes(text), &fuel)
        case 8 where module.elementsEqual("datetime".utf8):
            return moment(named: text(nameID), object, arguments)
        case 9 where module.elementsEqual("fractions".utf8):
            guard text(nameID).elementsEqual("Fraction".utf8) else { return nil }
            return fraction(arguments, &fuel).map { .number($0) }
        // Python 3.13 has them in `pathlib._local`.
        case 7 where module.elementsEqual("pathlib".utf8),
            14 where module.elementsEqual("pathlib._local".utf8):
            return path(named: text(nameID), arguments, &fuel).map { .path($0) }
        case 4 where module.elementsEqual("http".utf8):
            return status(arguments).map { .number(.int($0)) }
        default: return numpyNumber(object).map { .number($0) }
        }
    }

    private func decimal(_ text: ArraySlice<UInt8>, _ fuel: inout Int) -> StandardInstance? {
        fuel -= Self.readingCost(ofDigits: min(text.count, NumberOrder.Number.longestDecimal))
        if let number = NumberOrder.Number(decimal: text) { return .number(number) }
        let isNaN = text.count <= NumberOrder.Number.longestDecimal && text.contains(Self.letterN)
        return isNaN ? .nan : nil
    }

    /// Only `NaN` and its like have it, but for `Infinity`, which is a number.
    private static let letterN = UInt8(ascii: "N")

    /// To make a number of digits takes a time that grows with their square.
    private static func readingCost(ofDigits count: Int) -> Int { 1 + count * count / 2500 }

    /// No other instances of that module's are made of an int.
    private func status(_ arguments: ArraySlice<NodeID>) -> Int? {
        guard arguments.count == 1, let only = arguments.first, case .int(let value) = self[only]
        else { return nil }
        return value
    }

    private func uuid(_ object: ArenaObject) -> StandardInstance? {
        guard object.steps.count == 1, case .build(let state) = object.steps[0],
            // Python writes two at most.
            case .dict(let extent) = self[state], extent.count <= 8,
            let number = pairs(extent).first(where: { text($0.key).elementsEqual("int".utf8) }),
            let value = bigInt(number.value).flatMap({ UInt128(exactly: $0) })
        else { return nil }
        return .place(.uuid, Int128(bitPattern: value ^ 1 << 127))
    }

    /// How many digits the parts of a `Fraction` have at most, for more would be too long.
    private static let longestInteger = 190

    /// `Fraction('1/3')`, or since Python 3.12 `Fraction(1, 3)`.
    private func fraction(
        _ arguments: ArraySlice<NodeID>, _ fuel: inout Int
    ) -> NumberOrder.Number? {
        guard let first = arguments.first, let last = arguments.last else { return nil }
        if arguments.count == 2, let numerator = bigInt(first), let denominator = bigInt(last) {
            let bits = min(numerator.bitWidth + denominator.bitWidth, 2048)
            fuel -= Self.readingCost(ofDigits: bits / 4)
            return NumberOrder.Number(numerator, over: denominator)
        }
        fuel -= Self.readingCost(ofDigits: min(text(first).count, 2 * Self.longestInteger))
        guard text(first).count <= 2 * Self.longestInteger + 1 else { return nil }
        let parts = text(first).split(separator: UInt8(ascii: "/"))
        guard arguments.count == 1, parts.count == 1 || parts.count == 2,
            parts.allSatisfy({ $0.count <= Self.longestInteger })
        else { return nil }
        let numbers = parts.compactMap { BigInt(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == parts.count else { return nil }
        return NumberOrder.Number(numbers[0], over: numbers.count == 2 ? numbers[1] : 1)
    }

    private func bigInt(_ id: NodeID) -> BigInt? {
        switch self[id] {
        case .int(let value): BigInt(value)
        case .bigInt(let extent): extent.count <= 129 ? BigInt(littleEndian: bytes(extent)) : nil
        default: nil
        }
    }

    private func moment(
        named name: ArraySlice<UInt8>, _ object: ArenaObject, _ arguments: ArraySlice<NodeID>
    ) -> StandardInstance? {
        guard let first = arguments.first else { return nil }
        if name.elementsEqual("timedelta".utf8) {
            let span = Timedelta(PickleObject(object, of: PickleValue(self, object.callable)))
            return span.map { .place(.timedelta, $0.microseconds) }
        }
        guard case .bytes(let extent) = self[first] else { return nil }
        let fields = bytes(extent)
        switch (String(decoding: name, as: UTF8.self), fields.count, arguments.count) {
        case ("date", 4, 1):
            return Moment(fields).map { .place(.date, Int128($0.microseconds)) }
        case ("datetime", 10, 1):
            return Moment(fields).map { .place(.datetime, Int128($0.microseconds)) }
        case ("datetime", 10, 2):
            let object = PickleObject(object, of: PickleValue(self, object.callable))
            return Moment(utcOf: object).map { .place(.awareDatetime, Int128($0.microseconds)) }
        case ("time", 6, 1): return Self.time(fields).map { .place(.time, Int128($0)) }
        case ("time", 6, 2):
            guard let time = Self.time(fields), let zone = arguments.last,
                let difference = Moment.offset(of: PickleValue(self, zone))
            else { return nil }
            return .place(.awareTime, Int128(time - difference))
        default: return nil
        }
    }

    /// The microseconds since midnight of a `time`.
    private static func time(_ fields: ArraySlice<UInt8>) -> Int? {
        // The hour's highest bit tells the second of two hours of the same name.
        let hour = fields.first.map { $0 & 0x7F } ?? 0
        return Moment.time([hour] + fields.dropFirst())
    }

    /// A path as it is compared since Python 3.12: its text, with 0 for each slash. It is made of
    /// parts, or since 3.13 of any texts that are joined.
    ///
    /// - Returns: nil for paths of Windows's, which are compared without regard to case.
    private func path(
        named name: ArraySlice<UInt8>, _ arguments: ArraySlice<NodeID>, _ fuel: inout Int
    ) -> [UInt8]? {
        guard name.elementsEqual("PosixPath".utf8) || name.elementsEqual("PurePosixPath".utf8)
        else { return nil }
        let slash = UInt8(ascii: "/")
        var root: [UInt8] = []
        var parts: [ArraySlice<UInt8>] = []
        for argument in arguments {
            guard case .str(let extent) = self[argument] else { return nil }
            let text = bytes(extent)
            fuel -= 1 + text.count / 64
            // It would be taken for a slash.
            guard !text.contains(0) else { return nil }
            let slashes = text.prefix { $0 == slash }.count
            if slashes > 0 {
                // What begins at the root leaves nothing of what stands before it; two slashes are
                // another root.
                root = slashes == 2 ? [0, 0] : [0]
                parts = []
            }
            parts += text.split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
        }
        if root.isEmpty, parts.isEmpty { return [UInt8(ascii: ".")] }
        return root + parts.joined(separator: [0])
    }
}

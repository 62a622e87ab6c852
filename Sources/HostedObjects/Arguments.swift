package import Pickle

/// The arguments of one call, where they stand in the request. Valid during the call only.
///
/// SAFETY: `bytes` is the request's pickle, which outlives the call; every slice was checked
/// against it by ``RequestScanner``.
@safe package struct Arguments {
    package let bytes: UnsafeRawBufferPointer
    /// The positional arguments, or after binding all of them in the order of the parameters.
    package let positional: ArgumentSlices
    /// Names and values of the keyword arguments in turn.
    package let keywords: ArgumentSlices

    /// The argument at a place, nil if it was not given.
    @inline(__always)
    package subscript(_ index: Int) -> PickleSlice? {
        index < positional.count && !positional[index].isAbsent ? positional[index] : nil
    }

    /// How many positional arguments there are.
    @inline(__always)
    package var count: Int { positional.count }
}

// MARK: - Making

extension Arguments {
    /// Nothing but bytes to read from.
    init(bytes: UnsafeRawBufferPointer) {
        let nothing = unsafe ArgumentSlices(UnsafeBufferPointer(start: nil, count: 0))
        unsafe self.init(bytes: bytes, positional: nothing, keywords: nothing)
    }

    /// No arguments.
    package static var none: Arguments {
        unsafe Arguments(bytes: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// Lends arguments whose slices stand in arrays.
    @inline(__always)
    static func with<Result>(
        _ bytes: UnsafeRawBufferPointer, _ positional: [PickleSlice], _ keywords: [PickleSlice],
        _ body: (Arguments) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe positional.withUnsafeBufferPointer { (positional) throws(Failure) in
            try unsafe keywords.withUnsafeBufferPointer { (keywords) throws(Failure) in
                try unsafe body(
                    Arguments(
                        bytes: bytes, positional: ArgumentSlices(positional),
                        keywords: ArgumentSlices(keywords)))
            }
        }
    }

    /// The same without the first few.
    func droppingFirst(_ count: Int) -> Arguments {
        unsafe Arguments(
            bytes: bytes, positional: positional.droppingFirst(count), keywords: keywords)
    }
}

extension Arguments {
    /// - Throws: TypeError where a keyword is not a str, as calling anything with it would.
    func checkKeywords() throws(Failure) {
        for index in stride(from: 0, to: keywords.count, by: 2) {
            guard keywords[index].kind == .str else { throw .type("keywords must be strings") }
        }
    }

    /// - Parameters:
    ///   - function: what is called, as messages name it.
    ///   - implicit: how many arguments Python gives it besides.
    /// - Throws: TypeError where there are any.
    func checkNone(of function: String, besides implicit: Int = 0) throws(Failure) {
        if let slice = keywords.first {
            let name = text(slice) ?? "?"
            throw .type("\(function)() got an unexpected keyword argument '\(name)'")
        }
        guard count > 0 else { return }
        let given = count + implicit
        throw .type(
            "\(function)() takes \(implicit) positional arguments but \(given) "
                + (given == 1 ? "was given" : "were given"))
    }
}

// MARK: - Reading single arguments

extension Arguments {
    /// The argument as it will be kept and forwarded.
    package func value(_ slice: PickleSlice) throws(Failure) -> PickledValue {
        do {
            return try unsafe PickledValue(slice, of: bytes)
        } catch {
            throw Failure(error)
        }
    }

    /// The argument, looked into.
    package func decoded(_ slice: PickleSlice) throws(Failure) -> PickleValue {
        try value(slice).decodedOrFailure()
    }

    /// The bytes of a str or bytes argument, without its opcode.
    @inline(__always)
    package func payload(_ slice: PickleSlice) -> UnsafeRawBufferPointer {
        let header = unsafe PickleSlice.headerSize(bytes[slice.start])
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[slice.start + header..<slice.end])
    }

    /// A str argument, nil if it is of another type.
    package func text(_ slice: PickleSlice) -> String? {
        guard slice.kind == .str else { return nil }
        return unsafe String(validating: payload(slice), as: UTF8.self)
    }

    /// An int (or bool) argument that fits, nil if it is of another type or greater.
    package func int(_ slice: PickleSlice) -> Int? {
        switch slice.kind {
        case .bool: return unsafe bytes[slice.start] == Opcode.newTrue.rawValue ? 1 : 0
        case .int: break
        default: return nil
        }
        let opcode = unsafe Opcode(rawValue: bytes[slice.start])
        let header = opcode == .long1 ? 2 : opcode == .long4 ? 5 : 1
        let digits = unsafe bytes[slice.start + header..<slice.end]
        guard unsafe digits.count <= 8 else { return unsafe longInt(digits) }
        let value = unsafe Self.little(digits)
        let isSigned = opcode == .long1 || opcode == .long4 || opcode == .binInt
        let unused = unsafe UInt64(64 - 8 * digits.count)
        guard isSigned, unused > 0, unused < 64 else { return Int(bitPattern: UInt(value)) }
        return Int(bitPattern: UInt(value << unused)) >> Int(unused)
    }

    /// A long with more bytes than it needs.
    private func longInt(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
        let isNegative = unsafe digits[digits.endIndex - 1] >= 0x80
        let high = unsafe digits.dropFirst(8)
        guard unsafe high.allSatisfy({ $0 == (isNegative ? 0xFF : 0) }) else { return nil }
        let result = unsafe Int(bitPattern: UInt(Self.little(digits.prefix(8))))
        return (result < 0) == isNegative ? result : nil
    }

    @inline(__always)
    private static func little(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64 {
        unsafe digits.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Python's `bool(argument)`.
    package func isTrue(_ slice: PickleSlice) throws(Failure) -> Bool {
        switch slice.kind {
        case .none: false
        case .bool: unsafe bytes[slice.start] == Opcode.newTrue.rawValue
        default: try decoded(slice).isTrue
        }
    }

    /// A number of seconds; nil for None.
    ///
    /// - Throws: TypeError for what is not a number.
    package func seconds(_ slice: PickleSlice) throws(Failure) -> Double? {
        switch slice.kind {
        case .none: return nil
        case .bool, .int:
            switch int(ofAnySize: slice) {
            case .fits(let value): return Double(value)
            case .below: return -.greatestFiniteMagnitude
            case .above, nil: return .greatestFiniteMagnitude
            }
        case .float:
            var pattern: UInt64 = 0
            for offset in 1...8 {
                pattern = unsafe pattern << 8 | UInt64(bytes[slice.start + offset])
            }
            return Double(bitPattern: pattern)
        default:
            let value = try decoded(slice)
            if let seconds = value.seconds { return seconds }
            throw .type("'\(value.nameOfType)' object cannot be interpreted as an integer")
        }
    }
}

extension PickledValue {
    /// The value, looked into.
    func decodedOrFailure() throws(Failure) -> PickleValue {
        do {
            return try decoded()
        } catch {
            throw Failure(error)
        }
    }
}

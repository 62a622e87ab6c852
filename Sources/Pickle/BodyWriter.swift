/// Appends bodies, instructions that push one object each, to a buffer.
///
/// What it writes needs no memo, so bodies may be laid side by side; containers are opened, filled
/// and closed in the order of their opcodes.
package struct BodyWriter: Sendable {
    /// What has been written.
    package var bytes: [UInt8] = []

    package init() {}

    @inlinable
    package mutating func append(_ opcode: Opcode) {
        bytes.append(opcode.rawValue)
    }

    /// Writes `None`.
    package mutating func none() { append(.none) }

    /// Writes `True` or `False`.
    package mutating func bool(_ value: Bool) { append(value ? .newTrue : .newFalse) }

    /// Writes an int in as few bytes as there can be.
    package mutating func int(_ value: Int) {
        if let byte = UInt8(exactly: value) {
            append(.binInt1)
            bytes.append(byte)
        } else if let word = UInt16(exactly: value) {
            append(.binInt2)
            little(word)
        } else if let word = Int32(exactly: value) {
            append(.binInt)
            little(word)
        } else {
            append(.long1)
            let width = 8 - (value.leadingRedundantBits / 8)
            bytes.append(UInt8(width))
            unsafe withUnsafeBytes(of: value.littleEndian) {
                unsafe bytes.append(contentsOf: $0.prefix(width))
            }
        }
    }

    /// Writes a float, big endian as pickles have it.
    package mutating func float(_ value: Double) {
        append(.binFloat)
        unsafe withUnsafeBytes(of: value.bitPattern.bigEndian) {
            unsafe bytes.append(contentsOf: $0)
        }
    }

    /// Writes a str.
    package mutating func str(_ text: String) {
        str(utf8: text.utf8)
    }

    /// Writes a str given as UTF-8 with surrogatepass.
    package mutating func str(utf8 text: some Collection<UInt8>) {
        counted(text.count, .shortBinUnicode, .binUnicode, .binUnicode8)
        bytes.append(contentsOf: text)
    }

    /// Writes a bytes object.
    package mutating func bytes(_ data: some Collection<UInt8>) {
        counted(data.count, .shortBinBytes, .binBytes, .binBytes8)
        bytes.append(contentsOf: data)
    }

    /// Writes a class or function by name.
    package mutating func global(_ module: String, _ name: String) {
        str(module)
        str(name)
        append(.stackGlobal)
    }

    /// Writes what a body holds.
    package mutating func body(_ value: PickledValue) {
        bytes.append(contentsOf: value.body)
    }

    /// Writes a list of bodies.
    package mutating func list(_ values: some Collection<PickledValue>) {
        append(.emptyList)
        guard !values.isEmpty else { return }
        append(.mark)
        for value in values { body(value) }
        append(.appends)
    }

    /// Writes a tuple of bodies.
    package mutating func tuple(_ values: some Collection<PickledValue>) {
        guard !values.isEmpty else { return append(.emptyTuple) }
        if values.count > 3 { append(.mark) }
        for value in values { body(value) }
        switch values.count {
        case 1: append(.tuple1)
        case 2: append(.tuple2)
        case 3: append(.tuple3)
        default: append(.tuple)
        }
    }

    private mutating func counted(
        _ count: Int, _ short: Opcode, _ medium: Opcode, _ long: Opcode
    ) {
        if let byte = UInt8(exactly: count) {
            append(short)
            bytes.append(byte)
        } else if let word = UInt32(exactly: count) {
            append(medium)
            little(word)
        } else {
            append(long)
            little(UInt64(count))
        }
    }

    private mutating func little(_ value: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }
}

extension Int {
    /// How many of the leading bits only repeat the sign.
    fileprivate var leadingRedundantBits: Int {
        (self < 0 ? ~self : self).leadingZeroBitCount - 1
    }
}

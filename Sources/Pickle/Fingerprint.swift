/// A number that is the same for all values that Python takes to be equal, made of a body without
/// decoding it: so that who looks for one among thousands decodes those few that may be it.
///
/// It is the sum of one number for each leaf, each container and each name of a class or function,
/// in whatever order they stand (that of a dict's items tells nothing). Of a long text it knows the
/// length and both ends.
package struct Fingerprint: Sendable {
    private var sum: UInt64 = 0
    /// Whether the value holds a nan, which is not equal to itself.
    private var holdsNaN = false

    /// - Returns: nil for what must be decoded: instances of the library's classes, ints of more
    ///   than 64 bits, what refers to another part of itself, and parts of a graph.
    package init?(_ value: PickledValue) {
        guard case .body(let body) = value.form else { return nil }
        let isKnown = unsafe body.withUnsafeBytes { bytes in
            var reader = unsafe InstructionReader(bytes, from: 0, to: bytes.count)
            var module = 0..<0
            var name = 0..<0
            while !reader.isAtEnd {
                guard let opcode = try? reader.next() else { return false }
                switch opcode {
                case .shortBinUnicode, .binUnicode, .binUnicode8:
                    (module, name) = (name, reader.payload)
                case .stackGlobal:
                    let module = unsafe UnsafeRawBufferPointer(rebasing: bytes[module])
                    let name = unsafe UnsafeRawBufferPointer(rebasing: bytes[name])
                    guard unsafe Self.isComparedByParts(module, name) else { return false }
                default: break
                }
                guard unsafe add(opcode, reader, bytes) else { return false }
            }
            return true
        }
        guard isKnown else { return nil }
    }

    /// Whether two values with these fingerprints are equal; nil if they must be compared.
    package static func areEqual(
        _ left: (value: PickledValue, print: Fingerprint),
        _ right: (value: PickledValue, print: Fingerprint)
    ) -> Bool? {
        guard left.print.sum == right.print.sum else { return false }
        return !left.print.holdsNaN && left.value == right.value ? true : nil
    }

    /// Whether instances of a class are equal only if they are made of equal parts: they are no
    /// data that came by a call, nor what ``StandardInstance`` compares by anything else.
    private static func isComparedByParts(
        _ module: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer
    ) -> Bool {
        guard unsafe !StandardInstance.isOneOfModule(module, name) else { return false }
        return !["builtins", "_codecs", "copyreg"].contains {
            unsafe module.elementsEqual($0.utf8)
        }
    }

    // MARK: Parts

    private enum Family: UInt64 {
        case none, number, nan, text, bytes, tuple, list, dict, set, global
    }

    private mutating func add(_ family: Family, _ value: UInt64 = 0) {
        // Multiplied, folded and multiplied, so that sums of small numbers differ.
        let product = (value ^ family.rawValue &* 0x9E37_79B9_7F4A_7C15)
            .multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        sum &+= (product.high ^ product.low) &* 0x9E37_79B9_7F4A_7C15
    }

    /// - Returns: false for what is not known here.
    @inline(__always)
    private mutating func add(
        _ opcode: Opcode, _ reader: InstructionReader, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        switch opcode {
        case .none: add(.none)
        case .newTrue: add(int: 1)
        case .newFalse: add(int: 0)
        case .binInt1, .binInt2: add(int: reader.number)
        case .binInt: add(int: Int(Int32(truncatingIfNeeded: reader.number)))
        case .long1 where 1...8 ~= reader.payload.count:
            // The sign is that of the last byte.
            let unused = 64 - 8 * reader.payload.count
            add(int: (reader.number << unused) >> unused)
        case .binFloat:
            add(float: Double(bitPattern: UInt64(bitPattern: Int64(reader.number)).byteSwapped))
        case .shortBinUnicode, .binUnicode, .binUnicode8:
            unsafe add(.text, UnsafeRawBufferPointer(rebasing: bytes[reader.payload]))
        case .shortBinBytes, .binBytes, .binBytes8, .byteArray8:
            unsafe add(.bytes, UnsafeRawBufferPointer(rebasing: bytes[reader.payload]))
        case .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3: add(.tuple)
        case .emptyList: add(.list)
        case .emptyDict: add(.dict)
        case .emptySet, .frozenSet: add(.set)
        case .stackGlobal: add(.global)
        case .reduce, .newObj, .build, .mark, .append, .appends, .setItem, .setItems, .addItems,
            .memoize, .binPut,
            .longBinPut:
            break
        default: return false
        }
        return true
    }

    private mutating func add(int: Int) { add(.number, UInt64(bitPattern: Int64(int))) }

    private mutating func add(float: Double) {
        if float.isNaN {
            holdsNaN = true
            add(.nan)
        } else if let number = Int(exactly: float) {
            add(int: number)
        } else {
            add(.number, float.bitPattern)
        }
    }

    private mutating func add(_ family: Family, _ text: UnsafeRawBufferPointer) {
        var number = UInt64(text.count) << 56
        for place in 0..<min(8, text.count) {
            number = unsafe number &* 257 &+ UInt64(text[place])
        }
        for place in max(8, text.count - 8)..<max(8, text.count) {
            number = unsafe number &* 257 &+ UInt64(text[place])
        }
        add(family, number ^ UInt64(text.count))
    }
}

/// Reads lists of ints or floats straight from their pickles, which spares making values of what
/// is in them.
///
/// ```text
/// PROTO n  [FRAME …]  EMPTY_LIST  [MEMOIZE]
///     MARK (BININT1 | BININT2 | BININT | LONG1 | BINFLOAT)… APPENDS    as often as one likes
/// STOP
/// ```
/// What has another form is for the general way. No item takes more than four times the memory that
/// it takes in the pickle.
enum PlainList {
    /// The list in a pickle; nil where the type is none of these, or the pickle has another form.
    static func value<T>(_ type: T.Type, _ pickle: [UInt8], _ limits: PickleLimits) -> T? {
        guard pickle.count <= limits.bytes else { return nil }
        if type == [Int].self {
            let list: [Int]? = read(pickle) { $0.int() }
            return list.flatMap { sameType($0, as: type) }
        }
        if type == [Double].self {
            let list: [Double]? = read(pickle) { $0.float() }
            return list.flatMap { sameType($0, as: type) }
        }
        return nil
    }

    @inline(__always)
    private static func read<Element>(
        _ pickle: [UInt8], _ element: (inout Cursor) -> Element?
    ) -> [Element]? {
        unsafe pickle.withUnsafeBytes { bytes -> [Element]? in
            var cursor = unsafe Cursor(bytes: bytes)
            guard cursor.begin() else { return nil }
            var list: [Element] = []
            while true {
                switch cursor.next() {
                case Opcode.stop.rawValue: return cursor.isAtEnd ? list : nil
                case Opcode.mark.rawValue: break
                default: return nil
                }
                // An item takes two bytes at least, so nothing is reserved that is not there.
                list.reserveCapacity(list.count + cursor.left / 3)
                while !cursor.takes(.appends) {
                    guard let item = element(&cursor) else { return nil }
                    list.append(item)
                }
            }
        }
    }

    /// A place in a pickle.
    ///
    /// SAFETY: it reads only what is `left`, while the pickle is lent.
    @safe private struct Cursor {
        private let bytes: UnsafeRawBufferPointer
        private var place = 0

        init(bytes: UnsafeRawBufferPointer) {
            unsafe self.bytes = unsafe bytes
        }

        var left: Int { unsafe bytes.count - place }
        var isAtEnd: Bool { left == 0 }

        /// Takes what stands before the items.
        mutating func begin() -> Bool {
            guard takes(.proto), next() != nil else { return false }
            if takes(.frame) { place += 8 }
            guard takes(.emptyList) else { return false }
            _ = takes(.memoize)
            return true
        }

        @inline(__always)
        mutating func next() -> UInt8? {
            guard left > 0 else { return nil }
            defer { place += 1 }
            return unsafe bytes[place]
        }

        @inline(__always)
        mutating func takes(_ opcode: Opcode) -> Bool {
            guard left > 0, unsafe (bytes[place] == opcode.rawValue) else { return false }
            place += 1
            return true
        }

        @inline(__always)
        private mutating func take<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
            guard left >= MemoryLayout<Number>.size else { return nil }
            defer { place += MemoryLayout<Number>.size }
            return unsafe bytes.loadUnaligned(fromByteOffset: place, as: type)
        }

        @inline(__always)
        mutating func int() -> Int? {
            switch next() {
            case Opcode.binInt1.rawValue: return next().map { Int($0) }
            case Opcode.binInt2.rawValue:
                return take(UInt16.self).map { Int(UInt16(littleEndian: $0)) }
            case Opcode.binInt.rawValue:
                return take(Int32.self).map { Int(Int32(littleEndian: $0)) }
            case Opcode.long1.rawValue: return long()
            default: return nil
            }
        }

        private mutating func long() -> Int? {
            guard let count = next().map({ Int($0) }), (1...8).contains(count), left >= count else {
                return nil
            }
            var bits: UInt64 = 0
            for index in 0..<count {
                bits |= UInt64(unsafe bytes[place + index]) << (8 * index)
            }
            place += count
            // The sign is that of the last byte.
            let unused = 64 - 8 * count
            return Int(truncatingIfNeeded: Int64(bitPattern: bits << unused) >> unused)
        }

        @inline(__always)
        mutating func float() -> Double? {
            guard next() == Opcode.binFloat.rawValue, let bits = take(UInt64.self) else {
                return nil
            }
            return Double(bitPattern: UInt64(bigEndian: bits))
        }
    }
}

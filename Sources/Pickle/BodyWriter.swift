/// Appends bodies, instructions that push one object each, to a buffer.
///
/// What it writes needs no memo, so bodies may be laid side by side; containers are opened, filled
/// and closed in the order of their opcodes.
package struct BodyWriter: Sendable {
    /// How many bytes have been written.
    package private(set) var count = 0
    /// What has been written, and room behind it: each write is a copy into memory that is there.
    private var storage: [UInt8] = []

    package init() {}

    /// What has been written.
    package var bytes: [UInt8] { Array(storage[..<count]) }

    /// What has been written, in one piece of memory with the room behind it: for what goes out
    /// soon, and not for what is kept.
    package consuming func finished() -> [UInt8] {
        storage.removeLast(storage.count - count)
        return storage
    }

    /// Lends what has been written.
    package mutating func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe storage.withUnsafeBytes { storage in
            unsafe body(UnsafeRawBufferPointer(rebasing: storage[..<count]))
        }
    }

    package mutating func append(_ opcode: Opcode) {
        append(byte: opcode.rawValue)
    }

    package mutating func append(byte: UInt8) {
        makeRoom(for: 1)
        storage[count] = byte
        count += 1
    }

    /// Appends four bytes, the lowest first.
    package mutating func append(word: UInt32) { little(word) }

    package mutating func append(raw bytes: UnsafeRawBufferPointer) {
        makeRoom(for: bytes.count)
        unsafe storage.withUnsafeMutableBytes { storage in
            unsafe UnsafeMutableRawBufferPointer(rebasing: storage[count...])
                .copyMemory(from: bytes)
        }
        count += bytes.count
    }

    package mutating func append(contentsOf bytes: some Collection<UInt8>) {
        let isDone: Void? = bytes.withContiguousStorageIfAvailable {
            unsafe append(raw: UnsafeRawBufferPointer($0))
        }
        if isDone == nil { for byte in bytes { append(byte: byte) } }
    }

    /// Takes back what was written from a place on.
    package mutating func removeAll(from start: Int) {
        precondition(start <= count, "nothing was written there")
        count = start
        // One large body must not keep its memory for ever.
        if start == 0, storage.count > Self.keptRoom { storage = [] }
    }

    /// Writes over what stands at a place, and must not reach beyond what was written.
    package mutating func overwrite(at place: Int, with number: UInt32) {
        precondition(place >= 0 && place + 4 <= count, "nothing was written there")
        unsafe storage.withUnsafeMutableBytes {
            unsafe $0.storeBytes(of: number, toByteOffset: place, as: UInt32.self)
        }
    }

    /// How much room an empty writer keeps, in bytes.
    private static let keptRoom = 1 << 18

    @inline(__always)
    private mutating func makeRoom(for more: Int) {
        if storage.count - count < more { grow(by: more) }
    }

    /// Doubles the room at least. What is in it does not matter: nobody reads beyond `count`.
    private mutating func grow(by more: Int) {
        let size = count + max(more, storage.count, 64)
        storage = unsafe [UInt8](unsafeUninitializedCapacity: size) { room, filled in
            unsafe withBytes { unsafe UnsafeMutableRawBufferPointer(room).copyMemory(from: $0) }
            filled = size
        }
    }

    /// Writes `None`.
    package mutating func none() { append(.none) }

    /// Writes `True` or `False`.
    package mutating func bool(_ value: Bool) { append(value ? .newTrue : .newFalse) }

    /// Writes an int in as few bytes as there can be.
    package mutating func int(_ value: Int) {
        if let byte = UInt8(exactly: value) {
            append(.binInt1)
            append(byte: byte)
        } else if let word = UInt16(exactly: value) {
            append(.binInt2)
            little(word)
        } else if let word = Int32(exactly: value) {
            append(.binInt)
            little(word)
        } else {
            append(.long1)
            let width = 8 - (value.leadingRedundantBits / 8)
            append(byte: UInt8(width))
            unsafe withUnsafeBytes(of: value.littleEndian) {
                unsafe append(raw: UnsafeRawBufferPointer(rebasing: $0.prefix(width)))
            }
        }
    }

    /// Writes a float, big endian as pickles have it.
    package mutating func float(_ value: Double) {
        append(.binFloat)
        unsafe withUnsafeBytes(of: value.bitPattern.bigEndian) {
            unsafe append(raw: $0)
        }
    }

    /// Writes a str.
    package mutating func str(_ text: String) {
        str(utf8: text.utf8)
    }

    /// Writes a str given as UTF-8 with surrogatepass.
    package mutating func str(utf8 text: some Collection<UInt8>) {
        counted(text.count, .shortBinUnicode, .binUnicode, .binUnicode8)
        append(contentsOf: text)
    }

    /// Writes a bytes object.
    package mutating func bytes(_ data: some Collection<UInt8>) {
        counted(data.count, .shortBinBytes, .binBytes, .binBytes8)
        append(contentsOf: data)
    }

    /// Writes a class or function by name.
    package mutating func global(_ module: String, _ name: String) {
        str(module)
        str(name)
        append(.stackGlobal)
    }

    /// Writes what a body holds.
    package mutating func body(_ value: PickledValue) {
        append(contentsOf: value.body)
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
            append(byte: byte)
        } else if let word = UInt32(exactly: count) {
            append(medium)
            little(word)
        } else {
            append(long)
            little(UInt64(count))
        }
    }

    private mutating func little(_ value: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe append(raw: $0) }
    }
}

extension Int {
    /// How many of the leading bits only repeat the sign.
    fileprivate var leadingRedundantBits: Int {
        (self < 0 ? ~self : self).leadingZeroBitCount - 1
    }
}

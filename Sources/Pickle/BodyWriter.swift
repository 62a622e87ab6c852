/// Appends bodies, instructions that push one object each, to a buffer.
///
/// What it writes needs no memo, so bodies may be laid side by side; containers are opened, filled
/// and closed in the order of their opcodes.
package struct BodyWriter: Sendable {
    /// How many bytes have been written, those of the inset among them.
    package private(set) var count = 0
    /// What has been written, and room behind it: each write is a copy into memory that is there.
    private var storage: [UInt8] = []
    /// How many bytes of `count` are the inset's, which is not in `storage`.
    private var insetCount = 0
    /// A long body that has not been copied, and the place where it stands.
    private var inset: (place: Int, body: ArraySlice<UInt8>)?
    /// Whether long bodies may be insets: for who writes out with ``withParts(_:)``.
    private let mayInset: Bool

    /// Bodies from this length on are lent and not copied, in bytes.
    package static let insetSize = 1 << 16

    package init(mayInset: Bool = false) {
        self.mayInset = mayInset
    }

    /// What has been written.
    package var bytes: [UInt8] {
        guard let inset else { return Array(storage[..<count]) }
        return Array(storage[..<inset.place] + inset.body + storage[inset.place..<filled])
    }

    /// What has been written, in one piece of memory with the room behind it: for what goes out
    /// soon, and not for what is kept.
    package consuming func finished() -> [UInt8] {
        joinParts()
        storage.removeLast(storage.count - count)
        return storage
    }

    /// Lends what has been written.
    package mutating func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        joinParts()
        return unsafe storage.withUnsafeBytes { storage in
            unsafe body(UnsafeRawBufferPointer(rebasing: storage[..<count]))
        }
    }

    /// Lends what has been written from a place on: a copy, where a long body is lent there.
    package func withBytes(from start: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        var place = start
        if let inset {
            guard inset.place < start else {
                let parts =
                    storage[start..<inset.place] + inset.body + storage[inset.place..<filled]
                return unsafe parts.withUnsafeBytes(body)
            }
            place -= insetCount
        }
        unsafe storage.withUnsafeBytes { storage in
            unsafe body(UnsafeRawBufferPointer(rebasing: storage[place..<filled]))
        }
    }

    /// Whether a long body is lent, so that ``withParts(_:)`` spares copying it.
    @inline(__always)
    package var hasInset: Bool { insetCount > 0 }

    /// Lends what has been written in three parts, of which the second is a body that may be kept;
    /// nil and nothing behind it where no body is lent.
    package func withParts<Result>(
        _ body: (UnsafeRawBufferPointer, ArraySlice<UInt8>?, UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let place = inset?.place ?? count
        return unsafe storage.withUnsafeBytes { storage in
            unsafe body(
                UnsafeRawBufferPointer(rebasing: storage[..<place]), inset?.body,
                UnsafeRawBufferPointer(rebasing: storage[place..<filled]))
        }
    }

    /// How many bytes are in `storage`.
    @inline(__always)
    private var filled: Int { count - insetCount }

    /// Copies the inset after all.
    private mutating func joinParts() {
        guard inset != nil else { return }
        storage = bytes
        (inset, insetCount) = (nil, 0)
    }

    package mutating func append(_ opcode: Opcode) {
        append(byte: opcode.rawValue)
    }

    package mutating func append(byte: UInt8) {
        makeRoom(for: 1)
        storage[filled] = byte
        count += 1
    }

    /// Appends four bytes, the lowest first.
    package mutating func append(word: UInt32) { little(word) }

    /// Appends two instructions of one byte each, and writes over what stands at a place: what
    /// ends a frame.
    package mutating func append(
        _ first: Opcode, _ second: Opcode, andAt place: Int, _ number: UInt32
    ) {
        makeRoom(for: 2)
        let end = filled
        let place = inset.map { place >= $0.place ? place - insetCount : place } ?? place
        precondition(place >= 0 && place + 4 <= end, "nothing was written there")
        unsafe storage.withUnsafeMutableBytes { storage in
            unsafe storage[end] = first.rawValue
            unsafe storage[end + 1] = second.rawValue
            unsafe storage.storeBytes(of: number, toByteOffset: place, as: UInt32.self)
        }
        count += 2
    }

    /// Appends the first `length` of sixteen bytes, given as two words, little endian: in two
    /// stores and without a call of `memcpy`.
    package mutating func append(words: (UInt64, UInt64), length: Int) {
        precondition(length >= 0 && length <= 16, "two words are sixteen bytes")
        makeRoom(for: 16)
        let place = filled
        unsafe storage.withUnsafeMutableBytes { storage in
            unsafe storage.storeBytes(
                of: words.0.littleEndian, toByteOffset: place, as: UInt64.self)
            unsafe storage.storeBytes(
                of: words.1.littleEndian, toByteOffset: place + 8, as: UInt64.self)
        }
        count += length
    }

    package mutating func append(raw bytes: UnsafeRawBufferPointer) {
        makeRoom(for: bytes.count)
        let place = filled
        unsafe storage.withUnsafeMutableBytes { storage in
            unsafe UnsafeMutableRawBufferPointer(rebasing: storage[place...])
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

    /// Takes back what was written from a place on, which is not within an inset.
    package mutating func removeAll(from start: Int) {
        precondition(start <= count, "nothing was written there")
        if let inset, start <= inset.place { (self.inset, insetCount) = (nil, 0) }
        count = start
        // One large body must not keep its memory for ever.
        if start == 0, storage.count > Self.keptRoom { storage = [] }
    }

    /// How much room an empty writer keeps, in bytes.
    private static let keptRoom = 1 << 18

    @inline(__always)
    private mutating func makeRoom(for more: Int) {
        if storage.count - filled < more { grow(by: more) }
    }

    /// Doubles the room at least. What is in it does not matter: nobody reads beyond `count`.
    private mutating func grow(by more: Int) {
        let size = filled + max(more, storage.count, 64)
        storage = unsafe [UInt8](unsafeUninitializedCapacity: size) { room, initialized in
            unsafe storage.withUnsafeBytes { old in
                unsafe UnsafeMutableRawBufferPointer(room).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: old[..<filled]))
            }
            initialized = size
        }
    }

    /// Writes `None`.
    package mutating func none() { append(.none) }

    /// Writes `True` or `False`.
    package mutating func bool(_ value: Bool) { append(value ? .newTrue : .newFalse) }

    /// Writes an int in as few bytes as there can be.
    package mutating func int(_ value: Int) {
        let body = IntBody(value)
        append(words: body.words, length: body.length)
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

    /// Writes what a body holds, or lends it where it is long.
    package mutating func body(_ value: PickledValue) {
        switch value.form {
        case .body(let body): append(body: body[...])
        case .part: append(contentsOf: value.body)
        }
    }

    /// The same of the body itself.
    package mutating func append(body: ArraySlice<UInt8>) {
        guard mayInset, body.count >= Self.insetSize, inset == nil else {
            return append(contentsOf: body)
        }
        inset = (count, body)
        insetCount = body.count
        count += body.count
    }

    /// Writes a list of bodies.
    package mutating func list(_ values: some Collection<PickledValue>) {
        append(.emptyList)
        guard !values.isEmpty else { return }
        append(.mark)
        bodies(values)
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

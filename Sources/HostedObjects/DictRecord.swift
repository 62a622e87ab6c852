import Pickle

/// One entry of a dict in one piece of memory: a million small entries must not cost two objects
/// each.
///
/// ```text
/// 0             4          7    8
/// value length  key length tag  key's body · [text length · text] · value's body, or a reference
/// ```
/// A value from `longLimit` on is an object of its own, so that a reply can hold it without a copy;
/// so is one that is part of a graph, whose length is 0. Then the tag's highest bit is set.
///
/// The text by which keys are compared is the end of a str's or bytes' own body; any other key has
/// it behind the body, after its length in 4 bytes.
///
/// SAFETY: the memory is the record's own until ``deallocate()``, which its ``DictTable`` calls
/// once; every length was written by the initializers.
@safe struct DictRecord {
    /// The longest key and the longest value, in bytes of their bodies.
    static let keyLimit = (1 << 24) - 1
    static let valueLimit = Int(UInt32.max)

    /// From this length on a value is an object of its own, in bytes of its body.
    static let longLimit = BodyWriter.insetSize

    private let memory: UnsafeMutableRawPointer

    private static let header = 8
    /// The head of a block of memory, in bytes.
    private static let blockSize = 16
    /// The bit of the tag that says so.
    private static let longBit: UInt32 = 1 << 31

    /// - Parameter keyBody: the key as it is given back.
    init(_ key: DictKey, keyBody: [UInt8], value: DictValue) {
        let hasOwnText = !Self.hasTextInBody(key.tag)
        let ownText = unsafe hasOwnText ? 4 + key.text.count : 0
        let valueOffset = Self.header + keyBody.count + ownText
        unsafe memory = .allocate(byteCount: valueOffset + value.room, alignment: 4)
        unsafe memory.storeBytes(
            of: UInt32(keyBody.count) | UInt32(key.tag) << 24, toByteOffset: 4, as: UInt32.self)
        unsafe keyBody.withUnsafeBytes { unsafe write($0, at: Self.header) }
        if hasOwnText {
            let place = Self.header + keyBody.count
            unsafe memory.storeBytes(
                of: UInt32(key.text.count), toByteOffset: place, as: UInt32.self)
            unsafe write(key.text, at: place + 4)
        }
        put(value, at: valueOffset)
    }

    /// The same key with another value; the old record goes.
    consuming func replacing(_ value: DictValue) -> DictRecord {
        let willBeLong = value.isLong
        if !isLong, !willBeLong, unsafe value.body.count == valueLength {
            unsafe write(value.body, at: valueOffset)
            return self
        }
        if let long, willBeLong {
            put(value, at: valueOffset)
            long.release()
            return self
        }
        defer { deallocate() }
        return DictRecord(copying: self, value: value)
    }

    private init(copying other: DictRecord, value: DictValue) {
        let prefix = other.valueOffset
        unsafe memory = .allocate(byteCount: prefix + value.room, alignment: 4)
        unsafe memory.copyMemory(from: other.memory, byteCount: prefix)
        put(value, at: prefix)
    }

    /// Writes the value, its length, and whether it is long.
    private func put(_ value: DictValue, at offset: Int) {
        unsafe memory.storeBytes(of: UInt32(value.body.count), as: UInt32.self)
        let rest = word & ~Self.longBit
        guard value.isLong else {
            unsafe memory.storeBytes(of: rest, toByteOffset: 4, as: UInt32.self)
            return unsafe write(value.body, at: offset)
        }
        unsafe memory.storeBytes(of: rest | Self.longBit, toByteOffset: 4, as: UInt32.self)
        unsafe memory.storeBytes(of: Long(value).bits, toByteOffset: offset, as: UInt.self)
    }

    /// What a new entry takes, with the head of its memory, in bytes.
    static func size(_ key: DictKey, keyCount: Int, _ value: DictValue) -> Int {
        let text = unsafe hasTextInBody(key.tag) ? 0 : 4 + key.text.count
        return blockSize + header + keyCount + text + value.heldSize
    }

    /// The same of this entry.
    var size: Int { Self.blockSize + valueOffset + valueSize }

    /// What its value takes.
    var valueSize: Int {
        guard let long else { return valueLength }
        return DictValue.heldSize(long: valueLength, long.part)
    }

    func deallocate() {
        long?.release()
        unsafe memory.deallocate()
    }

    /// The key's body.
    var key: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: memory + Self.header, count: keyLength)
    }

    /// The value's body; nothing where it is a part of a graph.
    var value: UnsafeRawBufferPointer {
        if let long { return unsafe long.body.withUnsafeBytes { unsafe $0 } }
        return unsafe UnsafeRawBufferPointer(start: memory + valueOffset, count: valueLength)
    }

    /// Whether this is the key.
    @inline(__always)
    func has(_ key: DictKey) -> Bool {
        guard tag == key.tag, tag != DictKey.nan else { return false }
        let own = unsafe text
        guard unsafe own.count == key.text.count else { return false }
        return unsafe Self.areEqual(own, key.text)
    }

    /// Eight bytes at a time; the last eight may overlap those before.
    @inline(__always)
    private static func areEqual(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Bool {
        let count = left.count
        guard count >= 8 else { return unsafe left.elementsEqual(right) }
        var offset = 0
        while offset < count {
            let place = min(offset, count - 8)
            let first = unsafe left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            let second = unsafe right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            guard first == second else { return false }
            offset += 8
        }
        return true
    }

    /// The text by which the key is compared.
    private var text: UnsafeRawBufferPointer {
        let keyLength = keyLength
        guard Self.hasTextInBody(tag) else {
            let count = unsafe Int(
                memory.loadUnaligned(fromByteOffset: Self.header + keyLength, as: UInt32.self))
            return unsafe UnsafeRawBufferPointer(
                start: memory + Self.header + keyLength + 4, count: count)
        }
        let opcode = unsafe memory.load(fromByteOffset: Self.header, as: UInt8.self)
        let skipped = PickleSlice.headerSize(opcode)
        return unsafe UnsafeRawBufferPointer(
            start: memory + Self.header + skipped, count: keyLength - skipped)
    }

    static func hasTextInBody(_ tag: UInt8) -> Bool {
        tag == DictKey.str || tag == DictKey.bytes
    }

    private var valueLength: Int { unsafe Int(memory.load(as: UInt32.self)) }
    private var word: UInt32 { unsafe memory.load(fromByteOffset: 4, as: UInt32.self) }
    private var keyLength: Int { Int(word & 0xFF_FFFF) }
    private var tag: UInt8 { UInt8(truncatingIfNeeded: word >> 24 & 0x7F) }
    private var isLong: Bool { word & Self.longBit != 0 }

    /// The value, where it is an object of its own.
    @inline(__always)
    var long: Long? {
        guard isLong else { return nil }
        return Long(bits: unsafe memory.loadUnaligned(fromByteOffset: valueOffset, as: UInt.self))
    }

    private var valueOffset: Int {
        let end = Self.header + keyLength
        guard !Self.hasTextInBody(tag) else { return end }
        return unsafe end + 4 + Int(memory.loadUnaligned(fromByteOffset: end, as: UInt32.self))
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        unsafe UnsafeMutableRawBufferPointer(start: memory + offset, count: bytes.count)
            .copyMemory(from: bytes)
    }

    /// A reference to a long value, as it is kept in a record's memory.
    struct Long {
        private final class Box {
            let body: ArraySlice<UInt8>
            let part: GraphPart?

            init(_ body: ArraySlice<UInt8>, _ part: GraphPart?) {
                self.body = body
                self.part = part
            }
        }

        let bits: UInt

        fileprivate init(bits: UInt) { self.bits = bits }

        /// Counted once, until ``release()``.
        fileprivate init(_ value: DictValue) {
            let box = Box(unsafe value.kept ?? Array(value.body)[...], value.part)
            bits = UInt(bitPattern: unsafe Unmanaged.passRetained(box).toOpaque())
        }

        private var box: Unmanaged<Box>? {
            unsafe UnsafeRawPointer(bitPattern: bits).map { unsafe Unmanaged.fromOpaque($0) }
        }

        var body: ArraySlice<UInt8> { unsafe box?.takeUnretainedValue().body ?? [] }

        var part: GraphPart? { unsafe box?.takeUnretainedValue().part }

        fileprivate func release() { unsafe box?.release() }
    }
}

/// A value on its way into a dict.
///
/// SAFETY: whoever makes one keeps the bytes alive as long as it.
@safe struct DictValue {
    let body: UnsafeRawBufferPointer
    /// The same in an array that may be kept, where there is one.
    let kept: ArraySlice<UInt8>?
    /// The part of a graph that it is; then there is no body.
    let part: GraphPart?
    /// Whether it becomes an object of its own.
    fileprivate let isLong: Bool

    /// A scalar that is not long, which stands alone where it stands in a request.
    @inline(__always)
    init(scalar slice: PickleSlice, of arguments: Arguments) {
        let place = slice.start..<slice.start + slice.count
        unsafe body = unsafe UnsafeRawBufferPointer(rebasing: arguments.bytes[place])
        (kept, part, isLong) = (nil, nil, false)
    }

    /// A long one.
    ///
    /// - Parameter frame: the request, if it may be kept; it is if the value is nearly all of it.
    init(longScalar slice: PickleSlice, of arguments: Arguments, in frame: ArraySlice<UInt8>?) {
        let place = slice.start..<slice.start + slice.count
        unsafe body = unsafe UnsafeRawBufferPointer(rebasing: arguments.bytes[place])
        (part, isLong) = (nil, true)
        if let frame, slice.count > frame.count / 8 * 7,
            let start = unsafe Self.place(of: body, in: frame)
        {
            kept = frame[start..<start + slice.count]
        } else {
            kept = nil
        }
    }

    /// Where bytes stand in an array; nil where they do not. The arguments may begin anywhere in
    /// it, or be those of a request that was written anew.
    private static func place(
        of bytes: UnsafeRawBufferPointer, in frame: ArraySlice<UInt8>
    ) -> Int? {
        unsafe frame.withUnsafeBytes { whole in
            guard let start = bytes.baseAddress, let first = whole.baseAddress,
                unsafe start >= first, unsafe start + bytes.count <= first + whole.count
            else { return nil }
            return unsafe frame.startIndex + (start - first)
        }
    }

    /// Lends a value that may be kept.
    static func with<Result>(
        _ value: PickledValue, _ take: (DictValue) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if let part = value.part { return try take(DictValue(part)) }
        let body = value.body
        return try unsafe body.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try take(unsafe DictValue(UnsafeRawBufferPointer(bytes), body[...]))
        }
    }

    private init(_ body: UnsafeRawBufferPointer, _ kept: ArraySlice<UInt8>) {
        unsafe self.body = unsafe body
        self.kept = kept
        part = nil
        isLong = body.count >= DictRecord.longLimit
    }

    private init(_ part: GraphPart) {
        unsafe body = UnsafeRawBufferPointer(start: nil, count: 0)
        kept = [][...]
        self.part = part
        isLong = true
    }

    /// What it takes in a record, and if it is long, by itself: perhaps with the frame in which it
    /// came.
    var heldSize: Int {
        unsafe isLong ? Self.heldSize(long: body.count, part) : body.count
    }

    fileprivate static func heldSize(long count: Int, _ part: GraphPart?) -> Int {
        MemoryLayout<UInt>.size + 96 + (part?.heldSize ?? count + count / 7)
    }

    /// How many bytes it takes in a record.
    fileprivate var room: Int { unsafe isLong ? MemoryLayout<UInt>.size : body.count }
}

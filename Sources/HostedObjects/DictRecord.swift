import Pickle

/// One entry of a dict in one piece of memory: a million small entries must not cost two objects
/// each.
///
/// ```text
/// 0             4          7    8
/// value length  key length tag  key's body · [text length · text] · value's body
/// ```
/// The text by which keys are compared is the end of a str's or bytes' own body; any other key has
/// it behind the body, after its length in 4 bytes.
///
/// SAFETY: the memory is the record's own until ``deallocate()``, which its ``DictTable`` calls
/// once; every length was written by the initializers.
@safe struct DictRecord {
    /// The longest key and the longest value, in bytes of their bodies.
    static let keyLimit = (1 << 24) - 1
    static let valueLimit = Int(UInt32.max)

    private let memory: UnsafeMutableRawPointer

    private static let header = 8

    /// - Parameter keyBody: the key as it is given back.
    init(_ key: DictKey, keyBody: [UInt8], value: [UInt8]) {
        let hasOwnText = !Self.hasTextInBody(key.tag)
        let ownText = unsafe hasOwnText ? 4 + key.text.count : 0
        let count = Self.header + keyBody.count + ownText + value.count
        unsafe memory = .allocate(byteCount: count, alignment: 4)
        unsafe memory.storeBytes(of: UInt32(value.count), as: UInt32.self)
        unsafe memory.storeBytes(
            of: UInt32(keyBody.count) | UInt32(key.tag) << 24, toByteOffset: 4, as: UInt32.self)
        write(keyBody, at: Self.header)
        if hasOwnText {
            let place = Self.header + keyBody.count
            unsafe memory.storeBytes(
                of: UInt32(key.text.count), toByteOffset: place, as: UInt32.self)
            unsafe UnsafeMutableRawBufferPointer(
                start: memory + place + 4, count: key.text.count
            ).copyMemory(from: key.text)
        }
        write(value, at: count - value.count)
    }

    /// The same key with another value; the old record goes.
    consuming func replacing(_ value: [UInt8]) -> DictRecord {
        if value.count == valueLength {
            write(value, at: valueOffset)
            return self
        }
        defer { deallocate() }
        return DictRecord(copying: self, value: value)
    }

    private init(copying other: DictRecord, value: [UInt8]) {
        let prefix = other.valueOffset
        unsafe memory = .allocate(byteCount: prefix + value.count, alignment: 4)
        unsafe memory.copyMemory(from: other.memory, byteCount: prefix)
        unsafe memory.storeBytes(of: UInt32(value.count), as: UInt32.self)
        write(value, at: prefix)
    }

    func deallocate() { unsafe memory.deallocate() }

    /// The key's body.
    var key: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: memory + Self.header, count: keyLength)
    }

    /// The value's body.
    var value: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: memory + valueOffset, count: valueLength)
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
    private var tag: UInt8 { UInt8(truncatingIfNeeded: word >> 24) }

    private var valueOffset: Int {
        let end = Self.header + keyLength
        guard !Self.hasTextInBody(tag) else { return end }
        return unsafe end + 4 + Int(memory.loadUnaligned(fromByteOffset: end, as: UInt32.self))
    }

    private func write(_ bytes: [UInt8], at offset: Int) {
        unsafe bytes.withUnsafeBytes {
            unsafe UnsafeMutableRawBufferPointer(start: memory + offset, count: $0.count)
                .copyMemory(from: $0)
        }
    }
}

/// Writes plain bodies into memory that somebody lends: see ``PlainBody``.
///
/// SAFETY: it writes within that memory only, and traps where that is too small; it must not
/// outlive it.
@usableFromInline
@safe package struct PlainWriter {
    private let memory: UnsafeMutableRawBufferPointer
    /// How many bytes have been written.
    @usableFromInline package private(set) var count = 0

    @usableFromInline
    package init(_ memory: UnsafeMutableRawBufferPointer) {
        unsafe self.memory = memory
    }

    package mutating func op(_ opcode: Opcode) { byte(opcode.rawValue) }

    package mutating func byte(_ byte: UInt8) {
        unsafe take(1)[0] = byte
    }

    /// Writes a bool.
    @usableFromInline
    mutating func bool(_ value: Bool) { op(value ? .newTrue : .newFalse) }

    /// Writes an int.
    @usableFromInline
    mutating func int(_ value: Int) {
        let body = IntBody(value)
        unsafe withUnsafeBytes(
            of: (body.words.0.littleEndian, body.words.1.littleEndian)
        ) { words in
            unsafe take(body.length).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: words.prefix(body.length)))
        }
    }

    /// Writes a float.
    @usableFromInline
    mutating func float(_ value: Double) {
        op(.binFloat)
        unsafe take(8).storeBytes(of: value.bitPattern.bigEndian, as: UInt64.self)
    }

    /// Writes a str.
    @usableFromInline
    package mutating func str(_ text: String) {
        var text = text
        text.withUTF8 { text in
            unsafe counted(UnsafeRawBufferPointer(text), .shortBinUnicode, .binUnicode)
        }
    }

    /// Writes a bytes object.
    @usableFromInline
    mutating func bytes(_ data: [UInt8]) {
        unsafe data.withUnsafeBytes { unsafe counted($0, .shortBinBytes, .binBytes) }
    }

    private mutating func counted(
        _ data: UnsafeRawBufferPointer, _ short: Opcode, _ long: Opcode
    ) {
        if let length = UInt8(exactly: data.count) {
            let place = unsafe take(2)
            unsafe place[0] = short.rawValue
            unsafe place[1] = length
        } else {
            op(long)
            unsafe take(4).storeBytes(of: UInt32(data.count).littleEndian, as: UInt32.self)
        }
        unsafe take(data.count).copyMemory(from: data)
    }

    /// The next so many bytes.
    private mutating func take(_ length: Int) -> UnsafeMutableRawBufferPointer {
        precondition(unsafe length <= memory.count - count, "there is no room for a plain value")
        let start = count
        count += length
        return unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start..<count])
    }
}

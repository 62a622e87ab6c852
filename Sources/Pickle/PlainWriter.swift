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

    /// Bytes that are written where the stack has room for them, and copied: memory of the right
    /// size is then asked for by a quicker way than that of an array which is filled later.
    private static let shortRoom = 1024

    /// What a closure writes, in memory of its own.
    ///
    /// - Parameter room: how many bytes that is at most.
    @usableFromInline
    package static func bytes(room: Int, _ write: (inout PlainWriter) -> Void) -> [UInt8] {
        guard room <= shortRoom else {
            return unsafe [UInt8](unsafeUninitializedCapacity: room) { memory, count in
                var writer = unsafe PlainWriter(UnsafeMutableRawBufferPointer(memory))
                write(&writer)
                count = writer.count
            }
        }
        return unsafe withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { memory in
            var writer = unsafe PlainWriter(memory)
            write(&writer)
            return unsafe Array(UnsafeRawBufferPointer(rebasing: memory[..<writer.count]))
        }
    }

    /// Begins the pickle of a request: `(ident, method, (…`.
    @usableFromInline
    package mutating func beginRequest(_ ident: String, _ method: String) {
        op(.proto)
        byte(UInt8(PickleProtocol.four.rawValue))
        op(.mark)
        str(ident)
        str(method)
        op(.mark)
    }

    /// What ends a request without keyword arguments, `…), {})`, the lowest byte first: TUPLE
    /// EMPTY_DICT TUPLE STOP.
    package static let requestEnd: UInt32 = 0x2E74_7D74

    /// Ends it behind its arguments.
    @usableFromInline
    package mutating func endRequest() {
        unsafe take(4).storeBytes(of: Self.requestEnd.littleEndian, as: UInt32.self)
    }

    @inline(__always)
    private mutating func op(_ opcode: Opcode) { byte(opcode.rawValue) }

    @inline(__always)
    private mutating func byte(_ byte: UInt8) {
        unsafe take(1).storeBytes(of: byte, as: UInt8.self)
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
            unsafe copy(UnsafeRawBufferPointer(rebasing: words[..<body.length]))
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
        // No copy, which would count a reference.
        let isWritten: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { text in
            unsafe counted(UnsafeRawBufferPointer(text), .shortBinUnicode, .binUnicode)
        }
        if isWritten != nil { return }
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

    @inline(__always)
    private mutating func counted(
        _ data: UnsafeRawBufferPointer, _ short: Opcode, _ long: Opcode
    ) {
        if let length = UInt8(exactly: data.count) {
            op(short)
            byte(length)
        } else {
            op(long)
            unsafe take(4).storeBytes(of: UInt32(data.count).littleEndian, as: UInt32.self)
        }
        unsafe copy(data)
    }

    @inline(__always)
    private mutating func copy(_ data: UnsafeRawBufferPointer) {
        let place = unsafe take(data.count)
        guard let start = data.baseAddress else { return }
        unsafe place.copyMemory(from: start, byteCount: data.count)
    }

    /// Where the next so many bytes go.
    @inline(__always)
    private mutating func take(_ length: Int) -> UnsafeMutableRawPointer {
        guard let start = unsafe memory.baseAddress, unsafe length <= memory.count - count else {
            preconditionFailure("there is no room for a plain value")
        }
        defer { count += length }
        return unsafe start + count
    }
}

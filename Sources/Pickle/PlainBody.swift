/// The types whose bodies are a length and bytes, written and read without a look at what else
/// there may be: `Bool`, `Int`, `Double`, `String` and `[UInt8]`; read also where they may be nil.
@usableFromInline package enum PlainBody {
    /// How much room a value takes at most, in bytes, if it is of one of those types and its length
    /// fits in four bytes; nil for all others.
    @inlinable @inline(__always)
    package static func room<Value>(for value: Value) -> Int? {
        if let text = sameType(value, as: String.self) {
            return counted(text.utf8.count)
        } else if let bytes = sameType(value, as: [UInt8].self) {
            return counted(bytes.count)
        } else if Value.self == Int.self {
            return IntBody.longest
        } else if Value.self == Bool.self {
            return 1
        } else if Value.self == Double.self {
            return 9
        }
        return nil
    }

    /// How much room so many bytes take with their length before them.
    @inlinable @inline(__always)
    package static func counted(_ count: Int) -> Int? {
        if count <= UInt8.max { return 2 + count }
        return count <= UInt32.max ? 5 + count : nil
    }

    /// Writes a value for which there is `room(for:)`.
    @inlinable @inline(__always)
    package static func write<Value>(_ value: Value, to writer: inout PlainWriter) {
        if let text = sameType(value, as: String.self) {
            writer.str(text)
        } else if let number = sameType(value, as: Int.self) {
            writer.int(number)
        } else if let bytes = sameType(value, as: [UInt8].self) {
            writer.bytes(bytes)
        } else if let flag = sameType(value, as: Bool.self) {
            writer.bool(flag)
        } else if let number = sameType(value, as: Double.self) {
            writer.float(number)
        } else {
            preconditionFailure("there is no room for a \(Value.self)")
        }
    }

    /// Reads a body that is a value of this type, in one of the forms that are common; nil if it is
    /// anything else, which need not be an error.
    @inlinable @inline(__always)
    package static func read<Value>(
        _ type: Value.Type, _ body: UnsafeRawBufferPointer
    ) -> Value? {
        if type == String.self {
            return unsafe string(body).flatMap { sameType($0, as: type) }
        } else if type == Int.self {
            return unsafe int(body).flatMap { sameType($0, as: type) }
        } else if type == [UInt8].self {
            return unsafe bytes(body).flatMap { sameType($0, as: type) }
        } else if type == Bool.self {
            return unsafe bool(body).flatMap { sameType($0, as: type) }
        } else if type == Double.self {
            return unsafe double(body).flatMap { sameType($0, as: type) }
        }
        return unsafe optional(type, body)
    }

    @inlinable
    static func optional<Value>(
        _ type: Value.Type, _ body: UnsafeRawBufferPointer
    ) -> Value? {
        if type == String?.self {
            return unsafe orNone(string(body), body).flatMap { sameType($0, as: type) }
        } else if type == Int?.self {
            return unsafe orNone(int(body), body).flatMap { sameType($0, as: type) }
        } else if type == [UInt8]?.self {
            return unsafe orNone(bytes(body), body).flatMap { sameType($0, as: type) }
        } else if type == Bool?.self {
            return unsafe orNone(bool(body), body).flatMap { sameType($0, as: type) }
        } else if type == Double?.self {
            return unsafe orNone(double(body), body).flatMap { sameType($0, as: type) }
        }
        return nil
    }

    /// The value, or the nil that a body of `None` is; nil for anything else.
    @inlinable @inline(__always)
    static func orNone<Value>(_ value: Value?, _ body: UnsafeRawBufferPointer) -> Value?? {
        if let value { return .some(value) }
        return unsafe isNone(body) ? .some(nil) : nil
    }

    @usableFromInline
    static func isNone(_ body: UnsafeRawBufferPointer) -> Bool {
        unsafe body.count == 1 && Opcode(rawValue: body[0]) == Opcode.none
    }

    @usableFromInline
    static func string(_ body: UnsafeRawBufferPointer) -> String? {
        guard let text = unsafe payload(body, .shortBinUnicode, .binUnicode) else { return nil }
        return unsafe String(validating: text, as: UTF8.self)
    }

    @usableFromInline
    static func bytes(_ body: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let bytes = unsafe payload(body, .shortBinBytes, .binBytes) else { return nil }
        return unsafe Array(bytes)
    }

    /// How many bytes of a body stand before those of the bytes object that it is; nil if it is
    /// anything else.
    package static func headOfBytes(_ body: UnsafeRawBufferPointer) -> Int? {
        unsafe payload(body, .shortBinBytes, .binBytes).map { body.count - $0.count }
    }

    @usableFromInline
    static func bool(_ body: UnsafeRawBufferPointer) -> Bool? {
        guard body.count == 1 else { return nil }
        switch unsafe Opcode(rawValue: body[0]) {
        case .newTrue: return true
        case .newFalse: return false
        default: return nil
        }
    }

    @usableFromInline
    static func int(_ body: UnsafeRawBufferPointer) -> Int? {
        guard let first = unsafe body.first else { return nil }
        switch (Opcode(rawValue: first), body.count) {
        case (.binInt1, 2): return unsafe Int(body[1])
        case (.binInt2, 3):
            return unsafe Int(
                UInt16(littleEndian: body.loadUnaligned(fromByteOffset: 1, as: UInt16.self)))
        case (.binInt, 5):
            return unsafe Int(
                Int32(littleEndian: body.loadUnaligned(fromByteOffset: 1, as: Int32.self)))
        default: return nil
        }
    }

    @usableFromInline
    static func double(_ body: UnsafeRawBufferPointer) -> Double? {
        guard body.count == 9, unsafe Opcode(rawValue: body[0]) == .binFloat else { return nil }
        let bits = unsafe body.loadUnaligned(fromByteOffset: 1, as: UInt64.self)
        return Double(bitPattern: UInt64(bigEndian: bits))
    }

    /// What stands behind a length of one byte, or of four.
    private static func payload(
        _ body: UnsafeRawBufferPointer, _ short: Opcode, _ long: Opcode
    ) -> UnsafeRawBufferPointer? {
        guard body.count >= 2 else { return nil }
        let start: Int
        let length: Int
        switch unsafe Opcode(rawValue: body[0]) {
        case short:
            start = 2
            length = unsafe Int(body[1])
        case long where body.count >= 5:
            start = 5
            length = unsafe Int(
                UInt32(littleEndian: body.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        default: return nil
        }
        guard body.count - start == length else { return nil }
        return unsafe UnsafeRawBufferPointer(rebasing: body[start...])
    }
}

/// The types whose bodies are a few bytes, written and read without a look at what else there may
/// be: `Bool`, `Int`, `Double`, `String` and `[UInt8]`; read also where they may be nil.
package enum PlainBody {
    /// Writes a value, if it is of one of those types.
    @inline(__always)
    package static func write<Value>(_ value: Value, to writer: inout BodyWriter) -> Bool {
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
            return false
        }
        return true
    }

    /// Reads a body that is a value of this type, in one of the forms that are common; nil if it is
    /// anything else, which need not be an error.
    @inline(__always)
    package static func read<Value>(
        _ type: Value.Type, _ body: UnsafeRawBufferPointer
    ) -> Value? {
        if type == String.self {
            return unsafe string(body).flatMap { sameType($0, as: type) }
        } else if type == Int.self {
            return unsafe int(body).flatMap { sameType($0, as: type) }
        } else if type == [UInt8].self {
            return unsafe payload(body, .shortBinBytes, .binBytes).flatMap {
                sameType(unsafe Array($0), as: type)
            }
        } else if type == Bool.self {
            return unsafe bool(body).flatMap { sameType($0, as: type) }
        } else if type == Double.self {
            return unsafe double(body).flatMap { sameType($0, as: type) }
        }
        return unsafe optional(type, body)
    }

    private static func optional<Value>(
        _ type: Value.Type, _ body: UnsafeRawBufferPointer
    ) -> Value? {
        if type == String?.self {
            return unsafe string(body).flatMap { sameType(Optional($0), as: type) }
        } else if type == Int?.self {
            return unsafe int(body).flatMap { sameType(Optional($0), as: type) }
        } else if type == [UInt8]?.self {
            return unsafe payload(body, .shortBinBytes, .binBytes).flatMap {
                sameType(Optional(unsafe Array($0)), as: type)
            }
        } else if type == Double?.self {
            return unsafe double(body).flatMap { sameType(Optional($0), as: type) }
        }
        return nil
    }

    private static func string(_ body: UnsafeRawBufferPointer) -> String? {
        guard let text = unsafe payload(body, .shortBinUnicode, .binUnicode) else { return nil }
        return unsafe String(validating: text, as: UTF8.self)
    }

    private static func bool(_ body: UnsafeRawBufferPointer) -> Bool? {
        guard body.count == 1 else { return nil }
        switch unsafe Opcode(rawValue: body[0]) {
        case .newTrue: return true
        case .newFalse: return false
        default: return nil
        }
    }

    private static func int(_ body: UnsafeRawBufferPointer) -> Int? {
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

    private static func double(_ body: UnsafeRawBufferPointer) -> Double? {
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

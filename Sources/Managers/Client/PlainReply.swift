public import Pickle

/// The replies that a server of this house sends most: `('#RETURN', value)`, where what was
/// returned is a plain value of the type that is expected. Read from where they stand.
///
/// ```text
/// 0        2                              11        n-2
/// PROTO 4  SHORT_BINUNICODE 7 "#RETURN"   <value>   TUPLE2 STOP
/// ```
@usableFromInline
enum PlainReply {
    private static let valueStart = 11

    /// What was returned; nil for any other reply.
    @inlinable @inline(__always)
    static func value<Result>(_ type: Result.Type, _ message: UnsafeRawBufferPointer) -> Result? {
        guard let body = unsafe body(message) else { return nil }
        return unsafe PlainBody.read(type, body)
    }

    /// What was returned; nil for any other reply.
    @inlinable
    static func value<Result>(_ type: Result.Type, _ message: [UInt8]) -> Result? {
        unsafe message.withUnsafeBytes { unsafe value(type, $0) }
    }

    /// What was returned, for whoever needs the message no more: long bytes are not copied.
    @inlinable @inline(__always)
    static func take<Result>(_ type: Result.Type, _ message: inout [UInt8]) -> Result? {
        if message.count >= longSize, type == [UInt8].self {
            return takeBytes(&message).flatMap { sameType($0, as: type) }
        }
        return value(type, message)
    }

    /// Bytes of messages from this length on are not copied.
    @usableFromInline static let longSize = 1 << 14

    @usableFromInline
    static func takeBytes(_ message: inout [UInt8]) -> [UInt8]? {
        let head = unsafe message.withUnsafeBytes { message in
            unsafe body(message).flatMap { unsafe PlainBody.headOfBytes($0) }
        }
        guard let head else { return nil }
        message.removeLast(2)
        message.removeFirst(valueStart + head)
        var bytes: [UInt8] = []
        swap(&bytes, &message)
        return bytes
    }

    /// Whether a call returned, and not a new object.
    @usableFromInline
    static func hasReturned(_ message: UnsafeRawBufferPointer) -> Bool {
        guard let body = unsafe body(message) else { return false }
        // What is more than one byte may be many things, which are looked at in full.
        return body.count == 1
    }

    /// Whether a call returned, and not a new object.
    @usableFromInline
    static func hasReturned(_ message: [UInt8]) -> Bool {
        unsafe message.withUnsafeBytes { unsafe hasReturned($0) }
    }

    @usableFromInline
    static func body(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        // Both words little endian, as they stand in memory.
        guard bytes.count > valueStart + 2,
            unsafe bytes.loadUnaligned(as: UInt64.self) == 0x5445_5223_078C_0480,
            unsafe bytes.loadUnaligned(fromByteOffset: 7, as: UInt32.self) == 0x4E52_5554,
            unsafe bytes[bytes.count - 2] == Opcode.tuple2.rawValue,
            unsafe bytes[bytes.count - 1] == Opcode.stop.rawValue
        else { return nil }
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[valueStart..<bytes.count - 2])
    }
}

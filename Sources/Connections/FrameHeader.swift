/// The length in front of each frame, as CPython writes and reads it.
///
///     offset  bytes
///     0       4      length of the body, signed, big-endian; or -1, and then
///     4       8      length of the body, unsigned, big-endian (above 0x7fffffff)
///     4 | 12  …      body
///
/// Source: `Connection._send_bytes` in CPython's Lib/multiprocessing/connection.py.
package enum FrameHeader {
    /// Longest body that the short form can announce.
    package static let shortLimit = 0x7fff_ffff
    /// Longest header, in bytes.
    package static let sizeLimit = 12

    /// Size of the header for a body of `length` bytes: 4 or 12.
    @inlinable
    package static func size(for length: Int) -> Int {
        length <= shortLimit ? 4 : 12
    }

    /// Writes the header into `room`, which must hold `size(for: length)` bytes.
    ///
    /// - Returns: the bytes written.
    @inlinable
    @discardableResult
    package static func write(_ length: Int, into room: UnsafeMutableRawBufferPointer) -> Int {
        let size = size(for: length)
        precondition(room.count >= size, "no room for a frame's header")
        if size == 4 {
            let word = Int32(truncatingIfNeeded: length).bigEndian
            unsafe room.storeBytes(of: word, as: Int32.self)
        } else {
            unsafe room.storeBytes(of: -1, as: Int32.self)
            unsafe room.storeBytes(of: UInt64(length).bigEndian, toByteOffset: 4, as: UInt64.self)
        }
        return size
    }
}

/// The header of a frame whose body has `length` bytes.
package func frameHeader(_ length: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: FrameHeader.sizeLimit) { room, count in
        count = unsafe FrameHeader.write(length, into: UnsafeMutableRawBufferPointer(room))
    }
}

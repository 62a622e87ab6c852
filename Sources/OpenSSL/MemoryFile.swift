internal import COpenSSL

/// Bytes that OpenSSL reads or writes as a file.
///
/// SAFETY: the BIO is this value's from init to deinit.
@safe struct MemoryFile: ~Copyable {
    let bio: OpaquePointer

    /// - Parameter contents: what is to be read; nothing for a file that is to be written.
    /// - Throws: `.noMemory`.
    init(_ contents: [UInt8] = []) throws(OpenSSLError) {
        unsafe bio = try Self.make(contents)
    }

    private static func make(_ contents: [UInt8]) throws(OpenSSLError) -> OpaquePointer {
        let made = unsafe OpenSSLLibrary.isReady ? BIO_new(BIO_s_mem()) : nil
        guard let bio = unsafe made else { throw .noMemory() }
        let count = Int32(clamping: contents.count)
        if count == 0 || (unsafe BIO_write(bio, contents, count)) == count { return unsafe bio }
        unsafe BIO_free(bio)
        throw .noMemory()
    }

    deinit { unsafe BIO_free(bio) }

    /// What was written and not read yet.
    var bytes: [UInt8] {
        let count = unsafe BIO_ctrl_pending(bio)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { room, initialized in
            let read = unsafe BIO_read(bio, room.baseAddress, Int32(clamping: count))
            initialized = Int(max(0, read))
        }
    }
}

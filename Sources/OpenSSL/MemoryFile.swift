internal import COpenSSL

/// Bytes that OpenSSL reads or writes as a file.
@safe struct MemoryFile: ~Copyable {
    let bio: OpaquePointer

    /// An empty one, to be written.
    ///
    /// - Throws: `.noMemory`.
    init() throws(OpenSSLError) {
        guard OpenSSLLibrary.isReady, let bio = unsafe BIO_new(BIO_s_mem()) else {
            throw .noMemory()
        }
        unsafe self.bio = bio
    }

    /// One with these bytes, to be read.
    ///
    /// - Throws: `.noMemory`.
    init(_ bytes: [UInt8]) throws(OpenSSLError) {
        try self.init()
        guard bytes.isEmpty || unsafe BIO_write(bio, bytes, Int32(clamping: bytes.count)) > 0 else {
            throw .noMemory()
        }
    }

    deinit { unsafe BIO_free(bio) }

    /// What was written and not read yet.
    var bytes: [UInt8] {
        let count = unsafe BIO_ctrl_pending(bio)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { room, initialized in
            initialized = Int(max(0, unsafe BIO_read(bio, room.baseAddress, Int32(clamping: count))))
        }
    }
}

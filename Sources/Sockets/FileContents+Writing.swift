internal import CMultiprocessing

extension FileContents {
    /// Who may read a file that is made.
    package enum Permissions: UInt32, Sendable {
        /// Its owner only.
        case secret = 0o600
        /// Everybody.
        case open = 0o644
    }

    /// Whether something is there already, a link to nowhere included.
    package static func isThere(_ path: String) -> Bool { FileIdentity(path: path) != nil }

    /// Writes a new file.
    ///
    /// - Parameter replaces: whether a file that is there already gives way; else it is an error.
    /// - Throws: `SocketError` with the system's error number: EEXIST.
    package static func write(
        _ bytes: [UInt8], to path: String, _ permissions: Permissions, replaces: Bool = false
    ) throws(SocketError) {
        // Not written over: another may have the old one open, or be a link to it.
        if replaces { _ = unsafe path.withCString { unsafe mp_unlink($0) } }
        let made = unsafe path.withCString { unsafe mp_create_file($0, permissions.rawValue) }
        let file = try Descriptor(made, from: "create \(path)")
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                let rest = unsafe bytes.dropFirst(written)
                return unsafe mp_write(
                    file.raw, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            }
            if count < 0 { throw .system("write \(path)", Int32(-count)) }
            written += Int(count)
        }
    }
}

internal import CMultiprocessing

extension FileContents {
    /// The bytes of a file that nobody but this user, or root, can have written, and nobody else
    /// can read.
    ///
    /// The file is opened first and looked at then, so that it is the one that is read, whatever
    /// happens to its name meanwhile. A symbolic link leads to the file that counts.
    ///
    /// - Parameter limit: most bytes accepted.
    /// - Throws: `SocketError` with `notPermitted` for a file that others may read or write or that
    ///   is somebody else's, else as ``read(path:limit:)``.
    package static func readPrivate(path: String, limit: Int) throws(SocketError) -> [UInt8] {
        let file = try open(path)
        let status = try look(at: file, path)
        guard status.owner == mp_user_id() || status.owner == 0 else {
            throw .unsafeFile(path, "belongs to another user")
        }
        guard status.mode & 0o077 == 0 else {
            let mode = String(status.mode, radix: 8)
            throw .unsafeFile(path, "has the permissions \(mode): others may use it (chmod 600)")
        }
        return try contents(of: file, path: path, limit: limit)
    }

    /// Whether every user of the machine may read or write a file, or false where that cannot be
    /// told.
    package static func isOpenToEverybody(path: String) -> Bool {
        guard let file = try? open(path), let status = try? look(at: file, path) else {
            return false
        }
        return status.mode & 0o006 != 0
    }

    /// The bytes of a file that is one, and no pipe or device that keeps its reader waiting.
    ///
    /// - Parameter limit: most bytes accepted.
    /// - Throws: `SocketError` with `notPermitted` for what is no regular file, else as
    ///   ``read(path:limit:)``.
    package static func readRegular(path: String, limit: Int) throws(SocketError) -> [UInt8] {
        let file = try open(path)
        _ = try look(at: file, path)
        return try contents(of: file, path: path, limit: limit)
    }

    private static func open(_ path: String) throws(SocketError) -> Descriptor {
        let opened = unsafe path.withCString { unsafe mp_open_without_waiting($0) }
        return try Descriptor(opened, from: "open \(path)")
    }

    /// What is known of an open file, which must be a regular one.
    private static func look(
        at file: borrowing Descriptor, _ path: String
    ) throws(SocketError) -> mp_file_status {
        var status = mp_file_status()
        let looked = unsafe mp_file_look(file.raw, &status)
        guard looked >= 0 else { throw .system("look at \(path)", looked) }
        guard status.is_regular else { throw .unsafeFile(path, "is no regular file") }
        return status
    }
}

extension SocketError {
    fileprivate static func unsafeFile(_ path: String, _ problem: String) -> SocketError {
        SocketError(code: .notPermitted, reason: "\(path) \(problem)", errorNumber: nil)
    }
}

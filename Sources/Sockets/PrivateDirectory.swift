internal import CMultiprocessing

/// A new directory for sockets that only this user may enter.
package struct PrivateDirectory: Sendable {
    /// Longest name of a socket in it, in bytes.
    private static let longestName = 16

    /// Its path.
    package let path: String

    /// Makes one in `TMPDIR`, or in /tmp where that is not set or its path is too long for a
    /// socket's address.
    package init() throws(SocketError) {
        let named = HostProcess.environment("TMPDIR").map { String(decoding: $0, as: UTF8.self) }
        let pattern = "/mp-XXXXXX"
        let room = SocketAddress.unixNameLimit - pattern.utf8.count - 1 - Self.longestName
        let base = named.flatMap { $0.hasPrefix("/") && $0.utf8.count <= room ? $0 : nil } ?? "/tmp"
        var bytes = Array("\(base)\(pattern)\0".utf8)
        let result = unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe mp_make_private_directory(bytes.assumingMemoryBound(to: CChar.self).baseAddress)
        }
        guard result >= 0 else { throw .system("make a directory in \(base)", result) }
        path = String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    /// One that another process has made.
    package init(madeAt path: String) {
        self.path = path
    }

    /// The address of a socket in it.
    package func address(_ name: String) -> SocketAddress {
        precondition(name.utf8.count <= Self.longestName, "a socket's name is short")
        return .unix(path: "\(path)/\(name)")
    }

    /// Removes it, with the socket of that name if it is still there.
    package func remove(with name: String) {
        _ = unsafe "\(path)/\(name)".withCString { unsafe mp_unlink($0) }
        _ = unsafe path.withCString { unsafe mp_remove_directory($0) }
    }
}

internal import Connections
internal import Sockets

extension KeyRing {
    /// Most bytes of a ring's file: 1 MiB.
    public static let fileSizeLimit = 1 << 20

    /// Reads a ring from a file.
    ///
    /// ```ini
    /// # Who may come to the manager at /run/jobs.
    /// [worker]
    /// key-file = worker.key
    /// names    = jobs, config:read
    ///
    /// [operator]
    /// key      = hex:5f1c…
    /// verbs    = *
    /// types    = *
    /// names    = *
    /// ```
    ///
    /// docs/SECURITY.md says what may stand there. The file, and each file with a key that it
    /// names, must be this user's or root's, and nobody else may read or write it.
    ///
    /// - Throws: ``ManagerError`` with `invalidKeyRing`: `FILE:LINE: what is wrong`.
    public init(contentsOf path: String) throws(ManagerError) {
        let bytes: [UInt8]
        do throws(SocketError) {
            bytes = try FileContents.readPrivate(path: path, limit: Self.fileSizeLimit)
        } catch {
            throw .invalidKeyRing(error.reason, error)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalidKeyRing("\(path) is no UTF-8 text")
        }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        do throws(KeyRingFile.Problem) {
            let file = try KeyRingFile(text) { (name) throws(ConnectionError) in
                try Self.key(in: name.hasPrefix("/") ? name : folder + name)
            }
            self = file.ring
        } catch {
            throw .invalidKeyRing("\(path):\(error.line): \(error.reason)")
        }
    }

    private static func key(in path: String) throws(ConnectionError) -> AuthenticationKey {
        let bytes: [UInt8]
        do throws(SocketError) {
            bytes = try FileContents.readPrivate(path: path, limit: AuthenticationKey.sizeLimit)
        } catch {
            throw .invalidKey(error.reason, underlying: error)
        }
        return try AuthenticationKey(bytes)
    }
}

internal import Logging
internal import Synchronization

/// What a server reads anew when it is asked to, while it runs: each part by itself, and one that
/// cannot be read stays as it was.
final class ServerReload: Sendable {
    /// A part: its name, and what reads it.
    struct Part: Sendable {
        let name: String
        let read: @Sendable () throws(ManagerError) -> Void
    }

    private let parts: [Part]

    init(_ parts: [Part]) {
        self.parts = parts
    }

    /// Reads all parts.
    ///
    /// - Throws: the first error, when all have been tried.
    func run() throws(ManagerError) {
        if let error = read().lazy.compactMap(\.error).first { throw error }
    }

    /// The same, at a signal: says what came of each.
    func run(_ logger: Logger?) {
        for (name, error) in read() {
            guard let error else {
                logger?.notice("reloaded", metadata: ["what": "\(name)"])
                continue
            }
            logger?.error(
                "cannot reload, and keep what there was",
                metadata: ["what": "\(name)", "reason": "\(error.reason)"])
        }
    }

    /// Reads all parts, whatever comes of one.
    private func read() -> [(name: String, error: ManagerError?)] {
        parts.map { part in
            do throws(ManagerError) {
                try part.read()
                return (part.name, nil)
            } catch {
                return (part.name, error)
            }
        }
    }
}

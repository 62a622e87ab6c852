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
        var first: ManagerError?
        for part in parts {
            do throws(ManagerError) {
                try part.read()
            } catch {
                first = first ?? error
            }
        }
        if let first { throw first }
    }

    /// The same, at a signal: says what came of each.
    func run(_ logger: Logger?) {
        for part in parts {
            do throws(ManagerError) {
                try part.read()
                logger?.notice("reloaded", metadata: ["what": "\(part.name)"])
            } catch {
                logger?.error(
                    "cannot reload, and keep what there was",
                    metadata: ["what": "\(part.name)", "reason": "\(error.reason)"])
            }
        }
    }
}

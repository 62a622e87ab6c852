import ArgumentParser
import Connections
import Sockets

/// Where the authkey comes from: a file or the environment, never the command line, which every
/// user of the machine can read.
struct KeyOption: ParsableArguments {
    static let variable = "MANAGER_AUTHKEY"

    @Option(
        name: .customLong("authkey-file"),
        help: ArgumentHelp(
            "The file whose bytes are the key. Without it the key is in \(variable).",
            valueName: "file"))
    var file: String?

    /// The key.
    func key() throws -> AuthenticationKey {
        do throws(ConnectionError) {
            if let file {
                warnIfOpenToEverybody(file)
                return try AuthenticationKey(contentsOf: file)
            }
            return try AuthenticationKey(HostProcess.environment(Self.variable) ?? [])
        } catch {
            if file == nil, HostProcess.environment(Self.variable) == nil {
                throw Complaint("no authkey: give --authkey-file or set \(Self.variable)")
            }
            throw Complaint("authkey: \(error.reason)")
        }
    }
}

/// Tells the user that a key is not secret. It is taken: whether that matters depends on where it
/// lies.
func warnIfOpenToEverybody(_ path: String) {
    guard FileContents.isOpenToEverybody(path: path) else { return }
    HostProcess.printError("warning: every user may read \(path), a key (chmod 600)\n")
}

/// Reads an address given on the command line.
func parseEndpoint(_ text: String) throws -> Endpoint {
    do {
        return try Endpoint(parsing: text)
    } catch {
        throw Complaint(error.reason)
    }
}

/// What the user is told, in one line, when a command fails.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

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
            if let file { return try AuthenticationKey(contentsOf: file) }
            return try AuthenticationKey(HostProcess.environment(Self.variable) ?? [])
        } catch {
            if file == nil, HostProcess.environment(Self.variable) == nil {
                throw Complaint("no authkey: give --authkey-file or set \(Self.variable)")
            }
            throw Complaint("authkey: \(error.reason)")
        }
    }
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

import ArgumentParser
import Connections
import Sockets

/// `manager keygen`
struct Keygen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Prints a new authkey: 256 random bits in hexadecimal.",
        discussion: "As in: (umask 077; manager keygen > authkey)")

    func run() throws {
        let key = try AuthenticationKey.generate()
        // Without a newline: the file's bytes are the key, all of them.
        try HostProcess.print(String(decoding: key.bytes, as: UTF8.self))
    }
}

import ArgumentParser
import Connections
import Managers
import Sockets

/// `manager ping`
struct Ping: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping",
        abstract: "Asks a manager server for an answer, and tells how long it took.",
        discussion: """
            Each round trip is one call on an open connection. The server may be CPython's.
            """)

    @OptionGroup var server: ServerOptions

    @Option(help: "How many times to ask.")
    var count = 1

    @Option(help: ArgumentHelp("How long to wait for an answer.", valueName: "seconds"))
    var timeout = 5.0

    func validate() throws {
        guard count > 0 else { throw ValidationError("--count is at least 1") }
        guard timeout > 0, timeout < 1e9 else {
            throw ValidationError("--timeout is a number of seconds above 0")
        }
    }

    func run() throws {
        try waitForTask(ping)
    }

    private func ping() async throws {
        let peer = try parseAddress(server.address)
        let key = try server.authkey.key()
        var limits = ClientLimits()
        limits.connectTimeout = .seconds(timeout)
        limits.callTimeout = .seconds(timeout)
        do throws(ManagerError) {
            let manager = try await Manager.connect(
                to: peer, authkey: key, limits: limits)
            let server = manager.serverVersion.map { "swift-multiprocessing \($0)" } ?? "CPython"
            for number in 1...count {
                let time = try await manager.roundTrip()
                tell("\(peer) (\(server)): \(number) \(milliseconds(time)) ms")
            }
            await manager.close()
        } catch {
            throw Complaint("\(peer): \(error.reason)")
        }
    }

    private func tell(_ line: String) {
        try? HostProcess.print("\(line)\n")
    }

    /// With three decimals.
    private func milliseconds(_ time: Duration) -> String {
        let micros =
            time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000
        let rest = String(micros % 1000)
        return "\(micros / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

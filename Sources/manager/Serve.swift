import ArgumentParser
import Connections
import Logging
import Managers
import Sockets

/// `manager serve`
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves shared objects until SIGTERM, SIGINT or a client's shutdown.",
        discussion: """
            Prints `listening on ADDRESS` for each address once clients are accepted there, and \
            logs to standard error.
            """)

    @Option(
        help: ArgumentHelp(
            "Where to listen: tcp://host:port, unix:///path or unix:@name. May be given again.",
            valueName: "address"))
    var listen: [String] = []

    @OptionGroup var authkey: KeyOption

    @Option(
        help: ArgumentHelp(
            "An object that every client finds under that name. May be given again.",
            valueName: "name:type"))
    var share: [ShareArgument] = []

    @Option(
        help: """
            When locks and permits are free that a client has not given back: never, as in \
            CPython; when its process died; when its connection is disconnected.
            """,
        transform: policy)
    var release = ReleasePolicy.died

    @Option(
        help: "What is logged: trace, debug, info, notice, warning, error or critical.",
        transform: level)
    var logLevel: Logger.Level = .notice

    private static func policy(_ text: String) throws -> ReleasePolicy {
        guard let policy = ReleasePolicy(rawValue: text) else {
            let all = ReleasePolicy.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(text)' is none of \(all)")
        }
        return policy
    }

    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            throw ValidationError("'\(text)' is no log level")
        }
        return level
    }

    func validate() throws {
        guard !listen.isEmpty else {
            throw ValidationError("give at least one --listen ADDRESS")
        }
    }

    func run() throws {
        let addresses = try listen.map(parseAddress)
        let key = try authkey.key()
        HostProcess.raiseDescriptorLimit()
        var logger = Logger(label: "manager", factory: StreamLogHandler.standardError(label:))
        logger.logLevel = logLevel
        do throws(ManagerError) {
            let server = try ManagerServer(
                at: addresses, authkey: key,
                shared: share.map { ($0.name, $0.typeid) }, release: release,
                limits: ServerLimits(), signals: [.terminate, .interrupt], logger: logger)
            for address in server.addresses { try? HostProcess.print("listening on \(address)\n") }
            // Here, on the process's only thread: the kernel asks less for a descriptor that no
            // other thread can close.
            try server.runHere()
        } catch {
            throw Complaint(error.reason)
        }
    }
}

/// `NAME:TYPE`
struct ShareArgument: ExpressibleByArgument {
    let name: String
    let typeid: String

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        name = String(parts[0])
        typeid = String(parts[1])
    }
}

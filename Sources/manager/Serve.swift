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
            logs to standard error. SIGHUP has it read its certificates and its key ring anew, \
            and connections stay open; a server that has neither ends at once.
            """)

    @Option(
        help: ArgumentHelp(
            """
            Where to listen: tcp://host:port, unix:///path or unix:@name; with TLS \
            tls://host:port or tls+unix:///path. May be given again.
            """,
            valueName: "address"))
    var listen: [String] = []

    @OptionGroup var authkey: KeyOption
    @OptionGroup(title: "TLS") var tls: ServerTLSOptions

    @Option(
        help: ArgumentHelp(
            "A file with several keys, each with a name and rights, instead of the one authkey.",
            discussion: "Read again at SIGHUP. docs/SECURITY.md says what stands there.",
            valueName: "file"))
    var keyRing: String?

    @Flag(
        name: .customLong("no-md5"),
        help: "Refuses clients that know nothing better than MD5: CPython up to 3.11.")
    var noMD5 = false

    @Option(
        help: ArgumentHelp(
            "What peers may make the server spend. May be given again.",
            discussion: "docs/LIMITS.md lists the names.", valueName: "name=value"))
    var limit: [LimitArgument] = []

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
        guard keyRing == nil || authkey.file == nil else {
            throw ValidationError("give either --authkey-file or --key-ring")
        }
        do throws(ManagerError) {
            _ = try limits()
        } catch {
            throw ValidationError(error.reason)
        }
    }

    func run() throws {
        let endpoints = try listen.map(parseEndpoint)
        let tls = try tls.configuration(for: endpoints)
        let keys = try keys()
        HostProcess.raiseDescriptorLimit()
        // A log whose reader has gone is no reason to end.
        HostProcess.ignore(.brokenPipe)
        var logger = Logger(label: "manager") { ServerLog(label: $0) }
        logger.logLevel = logLevel
        do throws(ManagerError) {
            let server = try ManagerServer(
                at: endpoints, keys: keys, tls: tls,
                shared: share.map { ($0.name, $0.typeid) }, release: release,
                limits: try limits(), signals: signals, logger: logger)
            for endpoint in server.endpoints {
                try? HostProcess.print("listening on \(endpoint)\n")
            }
            // Here, on the process's only thread: the kernel asks less for a descriptor that no
            // other thread can close.
            try server.runHere()
        } catch {
            throw Complaint(error.reason)
        }
    }

    private func keys() throws -> ServerKeys {
        guard let keyRing else {
            return ServerKeys(try authkey.key(), allowsMD5: !noMD5)
        }
        do throws(ManagerError) {
            return ServerKeys(
                try KeyRing(contentsOf: keyRing), from: keyRing, allowsMD5: !noMD5)
        } catch {
            throw Complaint("key ring: \(error.reason)")
        }
    }

    private func limits() throws(ManagerError) -> ServerLimits {
        var limits = ServerLimits()
        for limit in limit { try limits.set(limit.name, to: limit.value) }
        return limits
    }

    /// A server that has nothing to read again ends at SIGHUP, as any program does.
    private var signals: [SignalPipe.Signal] {
        let rereads = keyRing != nil || tls.certificate != nil
        return [.terminate, .interrupt] + (rereads ? [.hangUp] : [])
    }
}

/// `NAME=VALUE`
struct LimitArgument: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        name = String(parts[0])
        value = String(parts[1])
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

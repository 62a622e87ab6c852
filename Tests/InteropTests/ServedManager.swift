import ChildPrograms
import Foundation

/// A manager server in a process of its own: ours, or CPython's behind the same command line.
final class ServedManager {
    enum Transport: String, CaseIterable, Sendable {
        case unix, tcp
    }

    private static let key = "interop tests"

    private let program: ChildProgram
    private let folder: URL
    /// Where it listens, as it said: `tcp://127.0.0.1:40123`.
    let address: String

    var processIdentifier: Int32 { program.processIdentifier }
    var isRunning: Bool { program.isRunning }
    var errors: String { program.errors }
    var keyFile: String { folder.appending(path: "key").path }

    /// The command that serves: the one built with these tests, or what `MANAGER` names; nil where
    /// neither can serve.
    static func command() async -> [String]? {
        await found.value
    }

    /// Looked for once, however many ask.
    private static let found = Task { () -> [String]? in
        if let named = ProcessInfo.processInfo.environment["MANAGER"] {
            return named.split(separator: " ").map(String.init)
        }
        guard let bundle = Bundle.main.executableURL else { return nil }
        let manager = bundle.resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "manager").path
        do {
            let help = try await ChildProgram.run(
                [manager, "serve", "--help"], within: .seconds(120))
            if help.status == 0, help.output.contains("--authkey-file") { return [manager] }
            print("\(manager) cannot serve: status \(help.status)\n\(help.errors)")
        } catch {
            print("\(manager) cannot serve: \(error)")
        }
        return nil
    }

    /// Our server.
    ///
    /// - Parameters:
    ///   - redirection: where bash lets it write its log, as `2>/dev/full`.
    ///   - descriptors: how many it may have.
    static func ours(
        _ transport: Transport, redirection: String = "", descriptors: Int? = nil,
        options: [String] = []
    ) async throws -> ServedManager {
        guard var command = await command() else {
            throw ChildProgram.Failure(description: "no manager to start")
        }
        if !redirection.isEmpty || descriptors != nil {
            let limit = descriptors.map { "ulimit -n \($0); " } ?? ""
            // The server takes the shell's place, and has its number.
            command = ["/bin/bash", "-c", "\(limit)exec \"$@\" \(redirection)", "bash"] + command
        }
        return try await ServedManager(command, transport, options: options)
    }

    /// CPython's server of that version, which ends by itself after `lifetime` seconds.
    static func reference(
        _ python: Interpreter, lifetime: Int = 900
    ) async throws -> ServedManager {
        let script = Folder.scripts.appending(path: "reference_server.py").path
        return try await ServedManager(
            [python.path, script], .unix, options: ["--lifetime", String(lifetime)])
    }

    private init(
        _ command: [String], _ transport: Transport, options: [String] = []
    ) async throws {
        folder = try Folder.temporary()
        try Data(Self.key.utf8).write(to: folder.appending(path: "key"))
        let listen =
            transport == .tcp
            ? "tcp://127.0.0.1:0" : "unix://" + folder.appending(path: "m.sock").path
        let place = ["--listen", listen, "--authkey-file", folder.appending(path: "key").path]
        program = try ChildProgram(
            command + ["serve"] + place + options, environment: Script.environment)
        let prefix = "listening on "
        let started = await program.waitUntil(.seconds(30)) { [program] in
            program.output.contains("\n") || !program.isRunning
        }
        let line = program.output.split(separator: "\n").first { $0.hasPrefix(prefix) }
        guard started, let line else {
            throw ChildProgram.Failure(description: "no server: \(program.errors)")
        }
        address = String(line.dropFirst(prefix.count))
    }

    deinit {
        program.terminate()
        try? FileManager.default.removeItem(at: folder)
    }
}

/// A script in the folder Python, as one interpreter runs it against one server.
struct Script {
    static let environment = ["PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"]

    let name: String
    var arguments: [String] = []
    var limit = Duration.seconds(300)

    func run(with python: Interpreter, on server: ServedManager) async throws -> Transcript {
        let path = Folder.scripts.appending(path: "\(name).py").path
        let outcome = try await ChildProgram.run(
            [python.path, path, server.address, server.keyFile] + arguments, within: limit,
            environment: Self.environment)
        guard outcome.status == 0 else {
            throw ChildProgram.Failure(
                description: "\(name) by \(python) ended with \(outcome.status):\n"
                    + outcome.output.suffix(2000) + outcome.errors.suffix(4000) + server.errors)
        }
        return Transcript(outcome.output)
    }
}

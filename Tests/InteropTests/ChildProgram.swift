import Foundation
import Synchronization

/// A program started for a test; what it prints goes into files.
///
/// Started by `posix_spawn`: Foundation's `Process` learns of a program's end from a socket, of
/// which other programs that are started meanwhile may have a copy, and then never.
final class ChildProgram {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let folder: URL
    private let end = Mutex<Int32?>(nil)
    let processIdentifier: Int32

    var output: String { text("output") }
    var errors: String { text("errors") }

    /// Starts `arguments`, the first of which is the path of the program.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        folder = try Folder.temporary()
        let settings = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        processIdentifier = try Self.spawn(
            arguments, settings.map { "\($0)=\($1)" },
            output: folder.appending(path: "output").path,
            errors: folder.appending(path: "errors").path)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Threads of the pool block most signals, and a child would inherit that: it would be deaf to
    /// SIGTERM, and Python's forkserver to SIGCHLD.
    private static func spawn(
        _ arguments: [String], _ settings: [String], output: String, errors: String
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (number, path) in [(Int32(1), output), (2, errors)] {
            posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT, 0o600)
        }
        closeTheRest(&actions)
        var words = arguments.map { strdup($0) } + [nil]
        var variables = settings.map { strdup($0) } + [nil]
        defer { for each in words + variables { free(each) } }
        var process: pid_t = 0
        let path = arguments.first ?? ""
        let problem = posix_spawn(&process, path, &actions, &attributes, &words, &variables)
        guard problem == 0 else {
            throw Failure(
                description: "\(path) cannot be started: \(String(cString: strerror(problem)))")
        }
        return process
    }

    /// Has all descriptors but the first three closed. glibc shows this only to who asks for all of
    /// GNU's.
    private static func closeTheRest(_ actions: inout posix_spawn_file_actions_t) {
        typealias CloseFrom =
            @convention(c) (
                UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32
            ) -> Int32
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return }
        _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, 3)
    }

    /// How it ended: its status, or 128 and the signal; nil while it runs.
    private var status: Int32? {
        end.withLock { end in
            if let end { return end }
            var status: Int32 = 0
            guard waitpid(processIdentifier, &status, WNOHANG) == processIdentifier else {
                return nil
            }
            let signal = status & 0x7F
            end = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
            return end
        }
    }

    var isRunning: Bool { status == nil }

    /// Runs a program to its end, which must come within `limit`.
    static func run(
        _ arguments: [String], within limit: Duration, environment: [String: String] = [:]
    ) async throws -> Outcome {
        let program = try ChildProgram(arguments, environment: environment)
        guard await program.waitUntil(limit, { !program.isRunning }) else {
            program.kill()
            throw Failure(
                description: "\(arguments) did not end within \(limit)\n\(program.output)"
                    + program.errors)
        }
        return Outcome(
            status: program.status ?? -1, output: program.output, errors: program.errors)
    }

    /// Asks again and again; `false` when the time is up.
    func waitUntil(_ limit: Duration, _ isSo: () -> Bool) async -> Bool {
        let end = ContinuousClock.now + limit
        while !isSo() {
            if ContinuousClock.now > end { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    /// Asks it to end.
    func terminate() { send(SIGTERM) }

    private func kill() {
        send(SIGKILL)
        // It ends at once, and is taken leave of.
        for _ in 0..<1000 where isRunning { usleep(1000) }
    }

    private func send(_ signal: Int32) {
        if isRunning { Foundation.kill(processIdentifier, signal) }
    }

    private func text(_ name: String) -> String {
        let data = try? Data(contentsOf: folder.appending(path: name))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }
}

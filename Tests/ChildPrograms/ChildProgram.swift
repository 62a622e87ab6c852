import Foundation
import Synchronization

/// A program started for a test, and ended with this value; what it prints goes into files.
///
/// Foundation's `Process` will not do. It learns of a program's end from a socket, of which other
/// programs that are started meanwhile may have a copy, and then never; and it reads past the end
/// of the listing of `/proc/self/fd`, which traps where this process has a thousand descriptors.
/// And who runs the tests waits for all that have a copy of their output.
package final class ChildProgram: Sendable {
    package struct Outcome: Sendable {
        /// Its status, or 128 and the signal that ended it.
        package let status: Int32
        package let output: String
        package let errors: String

        /// All that it has printed: first what is no error.
        package var text: String { output + errors }
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    private let folder: URL
    private let end = Mutex<Int32?>(nil)
    /// How much of the output has been given as lines.
    private let taken = Mutex(0)
    package let processIdentifier: Int32

    package var output: String { String(decoding: data("output"), as: UTF8.self) }
    package var errors: String { String(decoding: data("errors"), as: UTF8.self) }

    /// Starts `arguments`, the first of which is the path of the program, or its name on the search
    /// path.
    ///
    /// - Parameters:
    ///   - environment: what it has beside this process's own.
    ///   - input: the file that it reads.
    package init(
        _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null"
    ) throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "program-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let settings = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let files =
            [input] + ["output", "errors"].map { [folder] in folder.appending(path: $0).path }
        do {
            processIdentifier = try Self.spawn(arguments, settings.map { "\($0)=\($1)" }, files)
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Threads of the pool block most signals, and a child would inherit that: it would be deaf to
    /// SIGTERM, and Python's forkserver to SIGCHLD.
    private static func spawn(
        _ arguments: [String], _ settings: [String], _ files: [String]
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
        for (number, path) in files.enumerated() {
            let mode = number == 0 ? O_RDONLY : O_WRONLY | O_CREAT
            posix_spawn_file_actions_addopen(&actions, Int32(number), path, mode, 0o600)
        }
        closeTheRest(&actions)
        var words = arguments.map { strdup($0) } + [nil]
        var variables = settings.map { strdup($0) } + [nil]
        defer { for each in words + variables { free(each) } }
        var process: pid_t = 0
        let path = arguments.first ?? ""
        let problem = posix_spawnp(&process, path, &actions, &attributes, &words, &variables)
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

    // MARK: Its end

    /// How it ended: its status, or 128 and the signal; nil while it runs.
    package var status: Int32? {
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

    package var isRunning: Bool { status == nil }

    /// Waits until it has ended.
    ///
    /// - Returns: its status, or 128 and the signal; nil where it has not ended within `limit`.
    package func end(within limit: Duration = .seconds(120)) async -> Int32? {
        _ = await waitUntil(limit) { !isRunning }
        return status
    }

    /// Runs a program to its end, which must come within `limit`.
    package static func run(
        _ arguments: [String], within limit: Duration, environment: [String: String] = [:],
        input: String = "/dev/null"
    ) async throws -> Outcome {
        let program = try ChildProgram(arguments, environment: environment, input: input)
        guard let status = await program.end(within: limit) else {
            program.kill()
            throw Failure(
                description: "\(arguments) did not end within \(limit)\n\(program.output)"
                    + program.errors)
        }
        return Outcome(status: status, output: program.output, errors: program.errors)
    }

    /// Asks again and again; `false` when the time is up or the task cancelled.
    package func waitUntil(_ limit: Duration, _ isSo: () -> Bool) async -> Bool {
        let end = ContinuousClock.now + limit
        while !isSo() {
            if ContinuousClock.now > end { return false }
            // In a cancelled task nobody sleeps.
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return false }
        }
        return true
    }

    /// Asks it to end.
    package func terminate() { send(SIGTERM) }

    package func kill() {
        send(SIGKILL)
        // It ends at once, and is taken leave of.
        for _ in 0..<1000 where isRunning { usleep(1000) }
    }

    package func send(_ signal: Int32) {
        if isRunning { Foundation.kill(processIdentifier, signal) }
    }

    // MARK: What it prints

    /// The next line of its output, without the newline; nil when there is none and the program has
    /// ended.
    package func line() async throws -> String? {
        while true {
            // Asked for first: what it has printed before its end is then there.
            let isRunning = isRunning
            if let line = nextLine(isLast: !isRunning) { return line }
            guard isRunning else {
                if status != 0 { print(errors) }
                return nil
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func nextLine(isLast: Bool) -> String? {
        taken.withLock { taken in
            let rest = data("output").dropFirst(taken)
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            guard line.count < rest.count || (isLast && !rest.isEmpty) else { return nil }
            taken += line.count + 1
            return String(decoding: line, as: UTF8.self)
        }
    }

    private func data(_ name: String) -> Data {
        (try? Data(contentsOf: folder.appending(path: name))) ?? Data()
    }
}

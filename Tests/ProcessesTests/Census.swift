import ChildPrograms
import Foundation
import Sockets

/// What a run of these tests has, and leaves: counted from outside, by a mark in the environment of
/// all its processes.
struct Census {
    /// A number that is in the environment of a run, and of all processes that it starts.
    let mark = String(UInt64.random(in: 0 ... .max), radix: 16)
    static let variable = "PROCESSES_TESTS_MARK"
    /// Where a run is asked to tell what it has open at its end.
    static let report = "PROCESSES_TESTS_REPORT"

    /// Starts a run of some of these tests, in a process of its own.
    ///
    /// - Parameters:
    ///   - filter: as that of `swift test`.
    ///   - report: where it tells what it has at its end.
    func start(_ filter: String, report: URL) throws -> ChildProgram {
        try ChildProgram(
            [Self.program(), "--testing-library", "swift-testing", "--filter", filter],
            environment: [Self.variable: mark, Self.report: report.path])
    }

    private static func program() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }

    /// The processes of the run that have not ended.
    var processes: [Int32] {
        let wanted = Data("\(Self.variable)=\(mark)".utf8)
        return Self.numbers.filter { process in
            let environment = try? Data(contentsOf: URL(filePath: "/proc/\(process)/environ"))
            return environment?.split(separator: 0).contains(wanted) == true
        }
    }

    /// The segments of these tests.
    static var segments: Set<String> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []
        return Set(names.filter { $0.hasPrefix("psm_") || $0.hasPrefix("mp-test-") })
    }

    private static var numbers: [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [])
            .compactMap { Int32($0) }
    }

    // MARK: Within the run

    /// Whether this is a run that is counted.
    static let isRun = ProcessInfo.processInfo.environment[report] != nil

    /// Has this run, if it is one, tell at its end what it has.
    static let tellsAtEnd: Bool = {
        guard isRun else { return false }
        return atexit { Census.tell() } == 0
    }()

    /// Descriptors, and children that have ended and nobody has taken leave of.
    private static func tell() {
        guard let path = ProcessInfo.processInfo.environment[report] else { return }
        // Children that nobody waits for any more are just being seen off.
        var lines = count()
        var quiet = 0
        for _ in 0..<200 where quiet < 20 {
            usleep(50_000)
            let next = count()
            quiet = next == lines ? quiet + 1 : 0
            lines = next
        }
        try? lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// How many zombies there are, and what is open.
    private static func count() -> [String] {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let kinds = open.compactMap { number in
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
        }
        let zombies = numbers.filter { parent(of: $0) == getpid() && isZombie($0) }
        return ["\(zombies.count)"] + kinds.map(kind).sorted()
    }

    /// `socket:[123]` without its number.
    private static func kind(_ target: String) -> String {
        target.hasPrefix("socket:") ? "socket" : target
    }

    private static func isZombie(_ process: Int32) -> Bool {
        let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return line?.contains(") Z ") == true
    }
}

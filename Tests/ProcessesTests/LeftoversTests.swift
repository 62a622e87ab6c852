import ChildPrograms
import Foundation
import Testing

/// What is left when all of these tests have been run, and when a run of them is killed.
///
/// It runs them in processes of their own, so it takes as long as they do.
@Suite(.serialized, .timeLimit(.minutes(20)), .disabled(if: Census.isRun))
struct LeftoversTests {
    /// A few tests, by which all is used once that is made once.
    private static let few =
        "SharedMemoryTests/aFamilyKeeps|ProcessPoolTests/aPoolMaps|ChildProcessTests|LeftoversProbe"
    /// Those whose processes and segments end with their parent: children that are no daemons
    /// outlive it, as CPython's do.
    private static let wellBehaved = "ProcessPoolTests|SharedMemoryTests/blocksOfAManager"

    /// How many more descriptors all tests may leave than a few: a queue whose items nobody has
    /// taken keeps its feeder, and that the queue.
    private static let allowance = 8

    private func report() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "census-\(UUID().uuidString)")
    }

    /// Runs tests to their end.
    ///
    /// - Returns: how many zombies there were then, and what was open of what this library opens:
    ///   Foundation's threads have descriptors of their own.
    private func census(of filter: String) async throws -> (zombies: String, open: [String]) {
        let file = report()
        defer { try? FileManager.default.removeItem(at: file) }
        let census = Census()
        let run = try census.start(filter, report: file)
        while run.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map(String.init)
        try await settle(census)
        let kinds = ["socket", "/memfd:", "/dev/shm/", "anon_inode:[pidfd]"]
        return (
            lines.first ?? "",
            lines.filter { line in kinds.contains { line.hasPrefix($0) } }
        )
    }

    /// Waits until nothing of a run is left.
    private func settle(_ census: Census) async throws {
        while !census.processes.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    }

    /// It takes as long as all others together: before a release.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["LEFTOVERS"] != nil))
    func nothingIsLeftOfAllTests() async throws {
        let segments = Census.segments
        let few = try await census(of: Self.few)
        let all = try await census(of: "ProcessesTests")
        #expect(few.zombies == "0" && all.zombies == "0")
        #expect(all.open.count <= few.open.count + Self.allowance, "\(all.open)")
        #expect(Census.segments.subtracting(segments) == [])
    }

    @Test func nothingIsLeftOfTestsThatAreKilled() async throws {
        let segments = Census.segments
        for _ in 0..<3 {
            let file = report()
            defer { try? FileManager.default.removeItem(at: file) }
            let census = Census()
            let run = try census.start(Self.wellBehaved, report: file)
            while census.processes.count < 4, run.isRunning {
                try await Task.sleep(for: .milliseconds(5))
            }
            run.kill()
            try await settle(census)
        }
        #expect(Census.segments.subtracting(segments) == [])
    }
}

/// Makes a run that is counted tell what it has at its end.
@Suite struct LeftoversProbe {
    @Test func aRunTellsWhatItHas() {
        #expect(Census.tellsAtEnd == Census.isRun)
    }
}

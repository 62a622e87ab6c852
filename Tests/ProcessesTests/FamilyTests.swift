import Foundation
import Testing

@testable import Processes

/// What concerns a whole process and its children: each test has a process of its own.
@Suite(.timeLimit(.minutes(5)))
struct FamilyTests {
    private func succeed(
        _ target: some ProcessTarget, by method: StartMethod = .spawn, daemon: Bool = false
    ) async throws {
        let child = ProcessContext(method).process(target, daemon: daemon)
        try await child.start()
        try await child.join()
        #expect(try child.exitCode == 0)
    }

    private func runs(_ process: Int32) -> Bool {
        let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        // An orphan may stay a zombie where the first process of a container does not care.
        return line.map { !$0.contains(") Z ") } ?? false
    }

    @Test(arguments: [StartMethod.spawn, .forkserver])
    func grandchildrenAreNumberedAfterTheirParents(_ method: StartMethod) async throws {
        let pair = try Passenger.pair()
        let child = ProcessContext(method).process(Parent(to: pair.there))
        let name = child.name
        try await child.start()
        try await child.join()
        let words = pair.here.takeWhatIsThere().split(separator: " ")
        #expect(words.first ?? "" == "\(name):2" && words.dropFirst(4).first ?? "" == name)
    }

    @Test func everyMethodWorksInAChild() async throws {
        for outer in [StartMethod.spawn, .forkserver] {
            for inner in StartMethod.all {
                try await succeed(
                    Parent(to: Passenger.pair().there, method: inner), by: outer)
            }
        }
    }

    @Test func aDaemonHasNoChildren() async throws {
        try await succeed(ChildlessDaemon(), daemon: true)
    }

    @Test func daemonsEndAndTheOthersAreWaitedForWhenAParentEnds() async throws {
        let daemon = try Passenger.pair()
        let other = try Passenger.pair()
        try await succeed(Household(daemon: daemon.there, other: other.there, ends: true))
        #expect(other.here.takeWhatIsThere().hasSuffix("end"))
        let words = daemon.here.takeWhatIsThere()
        // It may have been ended before it could say anything.
        guard let process = Int32(words.dropLast()) else { return }
        while runs(process) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(daemon.here.takeWhatIsThere() == "")
    }

    @Test func daemonsEndAndTheOthersLiveOnWhenAParentIsKilled() async throws {
        let daemon = try Passenger.pair()
        let other = try Passenger.pair()
        let parent = ChildProcess(
            Household(daemon: daemon.there, other: other.there, ends: false))
        try await parent.start()
        let first = try #require(Int32(try await daemon.here.text().dropLast()))
        let second = try #require(Int32(try await other.here.text().dropLast()))
        try parent.kill()
        try await parent.join()
        while runs(first) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(runs(second))
        kill(second, SIGKILL)
    }

    @Test func nothingIsLeftOfManyChildren() async throws {
        try await succeed(Thrift(rounds: 70))
    }

    @Test func forkingWorksWhileOtherThreadsAreBusy() async throws {
        try await succeed(BusyForker(rounds: 30))
    }

    @Test func aForkServerThatHasDiedIsReplaced() async throws {
        try await succeed(Bereaved(pair: [try Passenger.pair().there]))
    }

    @Test(arguments: [
        (Preparation.Fault.none, "breadbread"),
        (.error, "preparationFailed preparationFailed "),
        (.thread, "preparationFailed preparationFailed "),
    ])
    func aForkServerPreparesItself(
        _ fault: Preparation.Fault, _ expected: String
    ) async throws {
        let pair = try Passenger.pair()
        try await succeed(
            Preparing(preparation: Preparation(text: "bread", fault: fault), to: pair.there))
        #expect(pair.here.takeWhatIsThere() == expected)
    }

    @Test func aForkedChildMayTakeLongToDecodeItsTarget() async throws {
        try await succeed(Unwieldy(seconds: 4), by: .fork)
    }

    @Test func childrenOfAPreparedForkServerAreThemselves() async throws {
        let pair = try Passenger.pair()
        try await succeed(Successors(pair: [pair.here, pair.there]))
    }

    @Test func aStartMethodIsSetOnce() async throws {
        try await succeed(Setting(), by: .forkserver)
    }

    @Test func aProgramMayHaveMoved() async throws {
        let files = FileManager.default
        let path = files.temporaryDirectory.appendingPathComponent("moved-\(getpid())").path
        let program = try files.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        try files.createSymbolicLink(atPath: path, withDestinationPath: program)
        defer { try? files.removeItem(atPath: path) }
        try await succeed(Relocated(path: path, code: 0))
    }

    @Test func aProgramThatIsNotThereIsAnError() async throws {
        try await succeed(Relocated(path: "/nowhere/at/all", code: nil))
    }

    @Test func processesLogWithTheirNames() async throws {
        let pair = try Passenger.pair()
        let child = ChildProcess(Chronicle(errors: pair.there, isFirst: true), name: "First")
        try await child.start()
        try await child.join()
        let lines = pair.here.takeWhatIsThere().split(separator: "\n")
        let name = child.path.map(String.init).joined(separator: ":")
        #expect(lines.first ?? "" == "[WARNING/First] doomed")
        #expect(lines.contains("[WARNING/Process-\(name):1] doomed"))
        #expect(lines.last ?? "" == "[INFO/First] process exiting with exitcode 0")
        #expect(!lines.contains { $0.contains("detail") || $0.contains("unheard") })
    }
}

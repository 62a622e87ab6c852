import ChildPrograms
import Connections
import Foundation
import Processes
import Testing

/// A child is this test program once more, whose `main` nobody has written.
@Suite(.timeLimit(.minutes(5)))
struct LaunchedProcessTests {
    private func answer(of main: some ProcessMain) async throws -> String {
        let child = try await LaunchedProcess.start(main)
        return String(decoding: try await child.link.receiveBytes(), as: UTF8.self)
    }

    /// Whether the system knows the process, a zombie included.
    private func exists(_ process: Int32) -> Bool {
        kill(process, 0) == 0
    }

    @Test func aChildHasTheValueThatItWasMadeOf() async throws {
        let long = String(repeating: "Grüße ", count: 200_000)
        #expect(try await answer(of: Echo(text: long)) == long)
    }

    @Test func aGenericTypeIsFound() async throws {
        #expect(try await answer(of: Boxed(value: [1, 2])) == "Boxed<Array<Int>>: [1, 2]")
    }

    @Test func parentAndChildTalk() async throws {
        let child = try await LaunchedProcess.start(Echo(text: "hello"))
        _ = try await child.link.receiveBytes()
        try await child.link.sendBytes([1, 2, 3])
        #expect(try await child.link.receiveBytes() == [1, 2, 3])
    }

    @Test func tasksRunInAChild() async throws {
        #expect(try await answer(of: Concurrent()) == "4950")
    }

    @Test func aChildInheritsNothingButItsOutputAndItsLine() async throws {
        // One that everybody would inherit who does not look out.
        let stray = open("/dev/null", O_RDONLY)
        defer { close(stray) }
        #expect(try await answer(of: Inheritance()) == "[0, 1, 2, 3] []")
    }

    @Test func aReturnIsAnExitStatusOfZero() async throws {
        let child = try await LaunchedProcess.start(Concurrent())
        #expect(try await child.wait() == .exited(0))
    }

    @Test func anErrorIsAnExitStatusOfOne() async throws {
        let child = try await LaunchedProcess.start(Failing())
        #expect(try await child.wait() == .exited(1))
    }

    @Test func whoHasEndedIsNoZombie() async throws {
        let child = try await LaunchedProcess.start(Failing())
        _ = try await child.wait()
        #expect(!exists(child.identifier))
        // And is not killed in the place of another that has its number now.
        child.send(.kill)
        #expect(child.end == .exited(1))
    }

    @Test func aDroppedChildLearnsOfIt() async throws {
        var child: LaunchedProcess? = try await LaunchedProcess.start(Echo(text: "x"))
        let process = try #require(child?.identifier)
        _ = try await child?.link.receiveBytes()
        child = nil
        while exists(process) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func aChildLearnsOfTheDeathOfItsParent() async throws {
        let parent = try await LaunchedProcess.start(Ancestor())
        let text = String(decoding: try await parent.link.receiveBytes(), as: UTF8.self)
        let grandchild = try #require(Int32(text))
        #expect(exists(grandchild))
        parent.send(.kill)
        #expect(try await parent.wait() == .signalled(SIGKILL))
        while try isRunning(grandchild) { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Whether it runs: an orphan that nobody takes leave of stays a zombie where the first process
    /// of a container does not care.
    private func isRunning(_ process: Int32) throws -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        else { return false }
        return !(status.split(separator: ")").last ?? "").hasPrefix(" Z")
    }

    @Test func waitingEndsWithItsTime() async throws {
        let child = try await LaunchedProcess.start(Stubborn())
        _ = try await child.link.receiveBytes()
        child.send(.terminate)
        #expect(try await child.wait(timeout: .milliseconds(50)) == nil)
        child.send(.kill)
        #expect(try await child.wait() == .signalled(SIGKILL))
    }

    @Test func waitingCanBeCancelled() async throws {
        let child = try await LaunchedProcess.start(Stubborn())
        let waiting = Task { try await child.wait() }
        waiting.cancel()
        await #expect(throws: ProcessError.self) { try await waiting.value }
        child.send(.kill)
    }

    @Test func aTypeThatNobodyCanNameIsRefused() async throws {
        struct Hidden: ProcessMain, Codable {
            func main(_ parent: ParentLink) throws {}
        }
        do {
            _ = try await LaunchedProcess.start(Hidden())
            // Where the compiler lets types of functions be found, all is well too.
        } catch {
            #expect(error.code == .unknownType)
        }
    }

    @Test func manyChildrenStartAtOnce() async throws {
        let texts = try await withThrowingTaskGroup { group in
            for number in 0..<20 {
                group.addTask { try await answer(of: Echo(text: "\(number)")) }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(texts == Set((0..<20).map { "\($0)" }))
    }

    @Test func aStrayVariableDoesNoHarm() async throws {
        // This program once more, whose `main` runs the tests that it is told to: none.
        let outcome = try await ChildProgram.run(
            [
                FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
                "--testing-library", "swift-testing", "--list-tests",
            ], within: .seconds(60),
            environment: ["SWIFT_MULTIPROCESSING_CHILD": "0123456789abcdef"])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }
}

import Connections
import Foundation
import Processes
import Testing

/// What is true of children whatever they are started by.
@Suite(.timeLimit(.minutes(5)))
struct ChildProcessTests {
    /// Starts a child that says something, and waits for its end.
    private func said(
        by method: StartMethod, _ target: (Passenger) -> some ProcessTarget
    ) async throws -> (text: String, code: Int32?) {
        let pair = try Passenger.pair()
        let child = ProcessContext(method).process(target(pair.there))
        try await child.start()
        try await child.join()
        return (pair.here.takeWhatIsThere(), try child.exitCode)
    }

    @Test(arguments: StartMethod.all)
    func aChildRunsItsTarget(_ method: StartMethod) async throws {
        let child = ProcessContext(method).process(Nothing())
        #expect(try child.pid == nil && child.exitCode == nil && !child.isAlive)
        try await child.start()
        try await child.join()
        #expect(try child.exitCode == 0 && !child.isAlive)
    }

    @Test(arguments: [StartMethod.spawn, .forkserver])
    func tasksRunInAChild(_ method: StartMethod) async throws {
        let child = ProcessContext(method).process(Busy())
        try await child.start()
        try await child.join()
        #expect(try child.exitCode == 0)
    }

    @Test func aForkedChildHasNoTasks() async throws {
        let child = ProcessContext(.fork).process(Busy())
        await #expect(throws: ProcessError.self) { try await child.start() }
        do {
            try await child.start()
        } catch {
            #expect(error.code == .notSynchronous)
        }
        #expect(!ChildProcess.activeChildren.contains { $0 === child })
    }

    @Test(arguments: StartMethod.all)
    func descriptorsComeAlong(_ method: StartMethod) async throws {
        let (text, code) = try await said(by: method) { Tell(text: "!", to: [$0, $0]) }
        #expect(text == "0!01!0" && code == 0)
    }

    @Test(arguments: StartMethod.all)
    func anUncaughtErrorIsPrintedAndItsCodeIsOne(_ method: StartMethod) async throws {
        let (text, code) = try await said(by: method) { Ending(way: .error, errors: $0) }
        #expect(text.hasPrefix("Process Process-") && text.hasSuffix(": Reason()\n") && code == 1)
    }

    @Test(arguments: StartMethod.all)
    func aStatusIsItsCode(_ method: StartMethod) async throws {
        let (_, code) = try await said(by: method) { Ending(way: .exit(37), errors: $0) }
        #expect(code == 37)
    }

    @Test(arguments: StartMethod.all, [SIGINT, SIGTERM, SIGKILL])
    func aSignalIsItsNegatedCode(_ method: StartMethod, _ signal: Int32) async throws {
        let pair = try Passenger.pair()
        let child = ProcessContext(method).process(Ending(way: .wait, errors: pair.there))
        try await child.start()
        #expect(try await pair.here.text() == "waiting")
        #expect(try child.isAlive)
        switch signal {
        case SIGINT: try child.interrupt()
        case SIGTERM: try child.terminate()
        default: try child.kill()
        }
        try await child.join()
        #expect(try child.exitCode == -signal)
        // Nobody else is meant.
        try child.kill()
    }

    @Test(arguments: StartMethod.all)
    func theSentinelBecomesReadyAtTheEnd(_ method: StartMethod) async throws {
        let pair = try Passenger.pair()
        let child = ProcessContext(method).process(Ending(way: .wait, errors: pair.there))
        try await child.start()
        _ = try await pair.here.text()
        var watched = pollfd(fd: try child.sentinel, events: Int16(POLLIN), revents: 0)
        #expect(unsafe poll(&watched, 1, 0) == 0)
        try child.kill()
        try await child.join()
        #expect(unsafe poll(&watched, 1, 0) == 1)
    }

    @Test(arguments: StartMethod.all)
    func joiningEndsWithItsTime(_ method: StartMethod) async throws {
        let pair = try Passenger.pair()
        let child = ProcessContext(method).process(Ending(way: .wait, errors: pair.there))
        try await child.start()
        #expect(try await !child.join(timeout: .milliseconds(20)))
        #expect(ChildProcess.activeChildren.contains { $0 === child })
        try child.kill()
        #expect(try await child.join(timeout: .seconds(60)))
        #expect(!ChildProcess.activeChildren.contains { $0 === child })
    }

    @Test(arguments: StartMethod.all)
    func aChildKnowsWhoItIs(_ method: StartMethod) async throws {
        let pair = try Passenger.pair()
        let child = ProcessContext(method).process(
            Introduction(to: pair.there), name: "Bob", daemon: true)
        child.authkey = try AuthenticationKey(Array("secret".utf8))
        try await child.start()
        try await child.join()
        #expect(
            pair.here.takeWhatIsThere() == "Bob true secret true MainProcess true true \(method)")
    }

    @Test(arguments: StartMethod.all)
    func theKeyIsInherited(_ method: StartMethod) async throws {
        let (text, _) = try await said(by: method) { Introduction(to: $0) }
        let key = String(decoding: ChildProcess.current.authkey.bytes, as: UTF8.self)
        #expect(text.split(separator: " ").dropFirst(2).first ?? "" == key)
    }

    @Test func aTargetCanRunHere() async throws {
        let pair = try Passenger.pair()
        try await ChildProcess(Tell(text: "here", to: [pair.there])).run()
        #expect(pair.here.takeWhatIsThere() == "0here0")
    }

    @Test func childrenAreNumbered() throws {
        let first = ChildProcess(Nothing())
        let second = ChildProcess(Nothing(), name: "Second")
        #expect(first.name.hasPrefix("Process-") && second.name == "Second")
        second.name = "Other"
        #expect(second.name == "Other")
    }

    @Test func thisProcessAndItsParentAreNoChildren() async throws {
        let current = ChildProcess.current
        #expect(current.name == "MainProcess" && ChildProcess.parent == nil)
        #expect(try current.isAlive && current.pid == getpid() && current.exitCode == nil)
        await expect(.noChild) { () async throws(ProcessError) in try await current.join() }
        await expect(.noChild) { () async throws(ProcessError) in try await current.start() }
        await expect(.noChild) { () async throws(ProcessError) in try current.terminate() }
    }

    @Test func whatComesTooEarlyOrTooLateIsAnError() async throws {
        let child = ChildProcess(Nothing())
        await expect(.notStarted) { () async throws(ProcessError) in try await child.join() }
        await expect(.notStarted) { () async throws(ProcessError) in _ = try child.sentinel }
        try await child.start()
        await expect(.alreadyStarted) { () async throws(ProcessError) in try await child.start() }
        await expect(.alreadyStarted) { () async throws(ProcessError) in
            try child.setDaemon(true)
        }
        try await child.join()
        try child.close()
        try child.close()
        await expect(.closed) { () async throws(ProcessError) in try await child.join() }
        await expect(.closed) { () async throws(ProcessError) in _ = try child.exitCode }
        await expect(.closed) { () async throws(ProcessError) in _ = try child.sentinel }
    }

    private func expect<Value>(
        _ code: ProcessError.Code, _ body: () async throws(ProcessError) -> Value
    ) async {
        do throws(ProcessError) {
            _ = try await body()
            Issue.record("no error \(code)")
        } catch {
            #expect(error.code == code)
        }
    }

    @Test func thereAreProcessors() {
        #expect(ChildProcess.cpuCount >= ChildProcess.usableCPUCount)
        #expect(ChildProcess.usableCPUCount >= 1)
    }

    @Test func itSaysWhatItIs() async throws {
        let child = ChildProcess(Sleeping(), name: "Sleeper", daemon: true)
        #expect(child.description == "<Process name='Sleeper' parent=\(getpid()) initial daemon>")
        try await child.start()
        let number = try #require(try child.pid)
        let begin = "<Process name='Sleeper' pid=\(number) parent=\(getpid())"
        #expect(child.description == "\(begin) started daemon>")
        try child.terminate()
        try await child.join()
        #expect(child.description == "\(begin) stopped exitcode=-SIGTERM daemon>")
        try child.close()
        #expect(child.description.hasSuffix(" closed daemon>"))
        #expect(ChildProcess.current.description.hasSuffix(" started>"))
    }

    @Test func aPlainThreadStartsAndJoins() async throws {
        let child = ChildProcess(Nothing())
        let hasEnded = try await withCheckedThrowingContinuation {
            (done: CheckedContinuation<Bool, any Error>) in
            Thread.detachNewThread {
                done.resume(
                    with: Result {
                        try child.blocking.start()
                        return try child.blocking.join()
                    })
            }
        }
        #expect(hasEnded)
        #expect(try child.exitCode == 0)
    }
}

/// Sleeps until it is ended.
struct Sleeping: SynchronousProcessTarget {
    func run() throws { while true { sleep(1000) } }
}

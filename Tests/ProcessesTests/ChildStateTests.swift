import Testing

@testable import Processes

/// What may be done with a child when: no process is needed to know.
struct ChildStateTests {
    private var created: ChildState { ChildState(name: "P", path: [1], daemon: false) }

    private func running() throws -> ChildState {
        var state = created
        try state.beginStart(byDaemon: false)
        state.finishStart(7)
        return state
    }

    private func expect<Value>(
        _ code: ProcessError.Code, _ body: () throws(ProcessError) -> Value
    ) {
        do throws(ProcessError) {
            _ = try body()
            Issue.record("no error \(code)")
        } catch {
            #expect(error.code == code)
        }
    }

    @Test func aChildIsStartedOnce() throws {
        var state = created
        try state.beginStart(byDaemon: false)
        #expect(try state.identifier == nil)
        expect(.alreadyStarted) { () throws(ProcessError) in
            try state.beginStart(byDaemon: false)
        }
        state.finishStart(7)
        #expect(try state.identifier == 7 && state.exitCode == nil)
        expect(.alreadyStarted) { () throws(ProcessError) in
            try state.beginStart(byDaemon: false)
        }
    }

    @Test func aStartThatFailedMayBeTriedOnceMore() throws {
        var state = created
        try state.beginStart(byDaemon: false)
        state.finishStart(nil)
        #expect(state == created)
    }

    @Test func aDaemonStartsNobody() {
        var state = created
        expect(.daemonicParent) { () throws(ProcessError) in try state.beginStart(byDaemon: true) }
        #expect(state == created)
    }

    @Test(arguments: [
        (ProcessEnd.exited(0), Int32(0)), (.exited(3), 3), (.signalled(9), -9), (.unknown, 255),
    ])
    func eachEndHasItsCode(_ end: ProcessEnd, _ code: Int32) throws {
        var state = try running()
        state.ended(end)
        #expect(try state.exitCode == code && state.identifier == 7)
        // The first end counts.
        state.ended(.exited(1))
        #expect(try state.exitCode == code)
    }

    @Test func whatRunsIsNotClosed() throws {
        var state = try running()
        expect(.stillRunning) { () throws(ProcessError) in try state.close() }
        state.ended(.exited(0))
        try state.close()
        expect(.closed) { () throws(ProcessError) in try state.exitCode }
        expect(.closed) { () throws(ProcessError) in try state.identifier }
        expect(.closed) { () throws(ProcessError) in try state.checkJoin() }
        expect(.closed) { () throws(ProcessError) in try state.checkSignal() }
        expect(.closed) { () throws(ProcessError) in try state.beginStart(byDaemon: false) }
    }

    @Test func whetherItIsADaemonIsSettledAtItsStart() throws {
        var state = created
        try state.setDaemon(true)
        #expect(state.daemon)
        try state.beginStart(byDaemon: false)
        expect(.alreadyStarted) { () throws(ProcessError) in try state.setDaemon(false) }
    }

    @Test func aRelativeIsNoChild() throws {
        var state = ChildState(name: "M", path: [], daemon: false, phase: .relative(5))
        #expect(try state.identifier == 5)
        expect(.noChild) { () throws(ProcessError) in try state.checkJoin() }
        expect(.noChild) { () throws(ProcessError) in try state.checkSignal() }
        expect(.noChild) { () throws(ProcessError) in try state.close() }
    }
}

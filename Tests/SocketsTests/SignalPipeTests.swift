import Sockets
import Testing

@Suite(.serialized) struct SignalPipeTests {
    @Test func aSignalBecomesReadable() throws {
        let poller = try Poller()
        let signals = try SignalPipe([.hangUp])
        try poller.add(signals.descriptor.raw, token: 1, interest: .read)
        #expect(signals.next() == nil)
        try SignalPipe.Signal.hangUp.sendToThisProcess()
        var seen = 0
        while seen == 0 { try poller.wait(timeout: nil) { _, _ in seen += 1 } }
        #expect(signals.next() == .hangUp)
        #expect(signals.next() == nil)
    }

    @Test func onePipeAtATimeHoldsASignal() throws {
        let first = try SignalPipe([.hangUp])
        #expect(throws: SocketError.self) { _ = try SignalPipe([.hangUp]) }
        #expect(first.next() == nil)
        first.close()
        let second = try SignalPipe([.hangUp])
        #expect(second.next() == nil)
    }
}

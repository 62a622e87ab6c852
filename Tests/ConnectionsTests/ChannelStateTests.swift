import Testing

@testable import Connections

@Suite struct ChannelStateTests {
    private let key: AuthenticationKey

    init() throws {
        key = try AuthenticationKey([1])
    }

    private func open() -> ChannelState {
        var state = ChannelState(isConnecting: false, handshake: nil, inboxByteLimit: 1000)
        state.start()
        #expect(state.takeEffects() == [.opened])
        return state
    }

    private func authenticating(_ role: Handshake.Role) -> ChannelState {
        let handshake = Handshake(
            role: role, key: key, challenge: Array(repeating: role == .listener ? 1 : 2, count: 40))
        var state = ChannelState(isConnecting: false, handshake: handshake, inboxByteLimit: 1000)
        state.start()
        return state
    }

    private func receive(_ state: inout ChannelState, _ frame: [UInt8]) -> Bool {
        frame.withUnsafeBytes { state.received($0) }
    }

    /// Frames the state wants to send, which then have gone.
    private func sent(_ state: inout ChannelState) -> [[UInt8]] {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { scratch.deallocate() }
        guard !state.outbox.isEmpty else { return [] }
        var frames: [[UInt8]] = []
        state.outbox.withNext(scratch: scratch) { head, _ in
            var decoder = FrameDecoder(limit: 4096)
            _ = try? decoder.feed(head) {
                frames.append(Array($0))
                return true
            }
        }
        state.sent(frames.reduce(0) { $0 + 4 + $1.count })
        return frames
    }

    @Test func withoutAHandshakeItIsOpenAtOnce() {
        var state = open()
        #expect(state.phase == .open && state.wantsToRead && !state.wantsToWrite)
        #expect(state.inbox.receive(7) == .waits(place: 0))
        #expect(receive(&state, [1, 2]))
        #expect(state.takeEffects() == [.received(7, [1, 2])])
    }

    @Test func twoStatesOpenEachOther() {
        var states = [authenticating(.listener), authenticating(.connector)]
        for _ in 0..<4 {
            for index in 0..<2 {
                for frame in sent(&states[index]) { _ = receive(&states[1 - index], frame) }
            }
        }
        for index in 0..<2 {
            #expect(states[index].phase == .open)
            #expect(states[index].takeEffects() == [.opened])
        }
    }

    @Test func aStrangerIsToldFailureAndNothingIsDelivered() {
        var state = authenticating(.listener)
        _ = sent(&state)
        #expect(!receive(&state, Array(repeating: 0, count: 16)))
        #expect(state.phase == .ended)
        #expect(state.lastWord == Array("#FAILURE#".utf8))
        #expect(
            state.takeEffects() == [
                .failedToOpen(.authenticationFailed("the peer has another key"))
            ])
        #expect(!receive(&state, [1]))
        #expect(state.takeEffects() == [] && !state.wantsToRead && !state.wantsToWrite)
    }

    @Test func aFullInboxStopsTheReading() {
        var state = open()
        let goesOn = receive(&state, Array(repeating: 0, count: 2000))
        #expect(!goesOn && !state.wantsToRead)
        guard case .message = state.inbox.receive(1) else {
            Issue.record("no message")
            return
        }
        #expect(state.wantsToRead)
    }

    @Test func theEndOfThePeerLeavesTheWayBackOpen() {
        var state = open()
        _ = state.inbox.receive(3)
        state.readingEnded(.closedByPeer)
        #expect(state.takeEffects() == [.notReceived(3, .closedByPeer)])
        #expect(state.phase == .open && !state.wantsToRead)
        _ = state.enqueue([1], sender: 4)
        #expect(state.wantsToWrite)
        state.sent(5)
        #expect(state.takeEffects() == [.sent(4)])
    }

    @Test func whatWaitsGoesBeforeTheHalfClose() {
        var state = open()
        _ = state.enqueue([1], sender: 1)
        state.finishWriting()
        #expect(!state.hasFinishedWriting && state.writingEnd == .writingFinished)
        state.sent(5)
        #expect(state.hasFinishedWriting && state.wantsToRead)
    }

    @Test func aBrokenWayOutTellsTheSendersAndStillReads() {
        var state = open()
        _ = state.enqueue([1], sender: 1)
        state.writingFailed(.closedByPeer)
        #expect(state.takeEffects() == [.notSent(1, .closedByPeer)])
        #expect(state.wantsToRead && !state.wantsToWrite)
    }

    @Test func theEndTellsEverybodyOnce() {
        var state = open()
        _ = state.enqueue([1], sender: 1)
        _ = state.inbox.receive(2)
        state.fail(.closedHere)
        #expect(state.takeEffects() == [.notSent(1, .closedHere), .notReceived(2, .closedHere)])
        state.fail(.closedByPeer)
        #expect(state.takeEffects() == [])
        #expect(state.end == .closedHere)
    }
}

import Testing

@testable import Managers

@Suite struct PeerLedgerTests {
    private let peer = PeerAddress(host: [127, 0, 0, 1])
    private let other = PeerAddress(user: 1000)
    private let second: Int64 = 1_000_000_000

    private func ledger(_ change: (inout ServerLimits) -> Void) -> PeerLedger {
        var limits = ServerLimits()
        change(&limits)
        return PeerLedger(limits)
    }

    @Test func aPeerHasNoMoreConnectionsThanItMay() {
        var ledger = ledger { $0.connectionsPerPeer = 2 }
        #expect(ledger.come(peer, at: 0) == .welcome)
        #expect(ledger.come(peer, at: 0) == .welcome)
        #expect(ledger.come(peer, at: 0) == .tooManyConnections)
        #expect(ledger.come(other, at: 0) == .welcome)
        ledger.go(peer)
        #expect(ledger.come(peer, at: 0) == .welcome)
        #expect(ledger.come(peer, at: 0) == .tooManyConnections)
    }

    @Test func whoTriesWrongKeysIsSlowedAndThenRefused() {
        var ledger = ledger {
            $0.slowedAttempts = 3
            $0.failedAttempts = 6
        }
        let slowed = (0..<6).map { _ in
            #expect(ledger.come(peer, at: 0) == .welcome)
            return ledger.failed(peer, at: 0)
        }
        #expect(slowed == [false, false, false, true, true, true])
        #expect(ledger.come(peer, at: 0) == .tooManyFailures)
        #expect(ledger.come(other, at: 0) == .welcome)
        // A sixth of a minute takes one away.
        #expect(ledger.come(peer, at: 9 * second) == .tooManyFailures)
        #expect(ledger.come(peer, at: 11 * second) == .welcome)
        #expect(ledger.failed(peer, at: 11 * second) == true)
        #expect(ledger.come(peer, at: 11 * second) == .tooManyFailures)
        #expect(ledger.failed(peer, at: 100 * second) == false)
    }

    @Test func theTableOfThoseWhoFailedIsBounded() {
        var ledger = ledger { $0.failedAttempts = 2 }
        for _ in 0..<3 { _ = ledger.failed(peer, at: 0) }
        for user in 0..<10_000 { _ = ledger.failed(PeerAddress(user: UInt32(user)), at: 0) }
        // Who has done most is not forgotten for those who have done little.
        #expect(ledger.come(peer, at: 0) == .tooManyFailures)
        #expect(ledger.failuresCount <= PeerLedger.failuresLimit)
        #expect(ledger.failuresCount >= PeerLedger.failuresLimit / 2)
        // A minute later nobody is known any more, and nobody has to go.
        let later = 1000 * second
        for user in 0..<3_000 { _ = ledger.failed(PeerAddress(user: UInt32(user)), at: later) }
        #expect(ledger.failuresCount == 3_000)
    }

    @Test func peersAreToldApart() {
        let first = [UInt8](repeating: 1, count: 8)
        #expect(
            PeerAddress(host: first + [0, 0, 0, 0, 0, 0, 0, 1])
                == PeerAddress(host: first + [9, 9, 9, 9, 9, 9, 9, 9]))
        #expect(
            PeerAddress(host: first + first) != PeerAddress(host: [2] + first + first.dropLast()))
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127, 0, 0, 1]
        #expect(PeerAddress(host: mapped) == peer)
        #expect(PeerAddress(host: [0, 0, 0, 1]) != PeerAddress(user: 1))
        #expect("\(peer)" == "127.0.0.1")
        #expect("\(other)" == "user 1000")
        #expect(
            "\(PeerAddress(host: [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 12)))"
                == "2001:db8:0:0::/64")
    }
}

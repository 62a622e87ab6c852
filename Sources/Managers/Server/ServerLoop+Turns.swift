internal import Sockets

// A client that sends many slow calls at once has its turn, and lets others have theirs.
extension ServerLoop {
    /// How many requests of a connection are answered before it is looked how long that has taken:
    /// a look at the clock is not for every one.
    static let requestsBetweenLooks = 16
    /// For how long a connection is served before it is another's turn, in nanoseconds.
    static let slice: Int64 = 5_000_000

    /// Whether a connection may go on after so many requests. If not, it does in the next turn.
    mutating func hasTime(_ connection: ServerConnection) -> Bool {
        let time = MonotonicClock.nanoseconds
        connection.isSlow = time - lastLook > Self.slice
        lastLook = time
        untilLook = Self.requestsBetweenLooks
        guard connection.isSlow else { return true }
        connection.isYielding = true
        yielding.append(connection)
        return false
    }

    /// Goes on with those that had had their time in the turn before.
    mutating func goOnWithYielding() {
        let waiting = yielding
        yielding = []
        for connection in waiting {
            connection.isYielding = false
            guard isOpen(connection) else { continue }
            // Its promise to be heard of may stand behind what we are slow with.
            heard(connection)
            resume(connection)
            deliver()
        }
    }
}

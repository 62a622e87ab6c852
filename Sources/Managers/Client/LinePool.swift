internal import Connections

/// Connections for calls that may wait: each has one to itself for as long as it waits; all have
/// one where that is tagged.
final class LinePool: Sendable {
    private let contact: ServerContact
    private let main: SharedLine
    private let stock: LineStock<Connection>

    init(_ contact: ServerContact, _ main: SharedLine) {
        self.contact = contact
        self.main = main
        stock = LineStock(keeping: contact.limits.idleConnections)
    }

    /// A connection to wait on: an idle one, a new one, or the tagged one that all share.
    func take() async throws(ManagerError) -> any CallLine {
        if contact.identity != nil {
            // What is acquired on a connection is this client's for as long as the main one lasts.
            let line = try await main.connection()
            if line is TaggedLine { return line }
        }
        if let idle = try stock.take() { return idle }
        let line = try await contact.openLine(isMain: false).connection
        try stock.add(line)
        return line
    }

    /// Takes a connection back whose calls have all been answered.
    func giveBack(_ line: any CallLine) {
        if let connection = line as? Connection { stock.giveBack(connection) }
    }

    /// Closes a connection that is of no more use.
    func discard(_ line: any CallLine) {
        if let connection = line as? Connection { stock.discard(connection) }
    }

    /// Whether nothing more is to be asked on those in use.
    var isClosed: Bool { stock.isClosed }

    /// Closes all of them for good, once those in use have been given back, or the time is over.
    func close(within time: Duration) async {
        await stock.close(within: time)
    }

    /// Closes all of them for good.
    func close() {
        stock.close()
    }
}

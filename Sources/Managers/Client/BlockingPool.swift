internal import Connections

/// Connections for threads that may be held up: each has one to itself.
final class BlockingPool: Sendable {
    private let contact: ServerContact
    private let main: SharedLine
    private let stock: LineStock<BlockingLine>

    init(_ contact: ServerContact, _ main: SharedLine) {
        self.contact = contact
        self.main = main
        stock = LineStock(keeping: contact.limits.idleConnections)
    }

    /// An idle connection, or a new one; holds the calling thread up.
    func take() throws(ManagerError) -> BlockingLine {
        if let idle = try stock.take() { return idle }
        let line = try waitHere { [contact, main] () throws(ManagerError) in
            // What is acquired on a connection is this client's for as long as the main one lasts.
            if contact.identity != nil { _ = try await main.connection() }
            let connection = try await contact.openLine(isMain: false).connection
            do throws(ConnectionError) {
                return try connection.blockingLine()
            } catch {
                throw ManagerError(error)
            }
        }
        try stock.add(line)
        return line
    }

    /// Takes a connection back whose calls have all been answered.
    func giveBack(_ line: BlockingLine) {
        stock.giveBack(line)
    }

    /// Closes a connection that is of no more use.
    func discard(_ line: BlockingLine) {
        stock.discard(line)
    }

    /// Closes all of them for good.
    func close() {
        stock.close()
    }
}

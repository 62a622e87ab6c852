import Connections
import Managers
import Pickle

/// A client that sends what it likes: requests as pickles, replies as text.
struct RawClient: Sendable {
    let connection: Connection

    /// Authenticates, and asks for calls to be served.
    init(_ server: RunningServer) async throws {
        connection = try await Connection.connect(to: server.address, authkey: server.key)
        _ = try await ask(.none, "accept_connection", ["raw"])
    }

    static func request(
        _ ident: PickleValue, _ method: String, _ arguments: [PickleValue] = []
    ) -> [UInt8] {
        PickleValue.tuple([ident, .str(method), .tuple(arguments), .dict([])]).pickled()
    }

    func send(
        _ object: some ManagerProxy, _ method: String, _ arguments: [PickleValue] = []
    ) async throws {
        try await connection.sendBytes(Self.request(.str(object.token.id), method, arguments))
    }

    /// The next reply, as Python writes it.
    func reply() async throws -> String {
        try PickleValue(pickle: try await connection.receiveBytes()).repr(limit: 200)
    }

    func ask(
        _ ident: PickleValue, _ method: String, _ arguments: [PickleValue] = []
    ) async throws -> String {
        try await connection.sendBytes(Self.request(ident, method, arguments))
        return try await reply()
    }

    /// Whether it is answered. Nobody serves such a call, so that is said.
    func isServed() async throws -> Bool { try await ask(.none, "dummy").hasPrefix("('#") }

    /// Whether the server has closed, after it said all it had to say.
    func isClosedByPeer() async -> Bool {
        do {
            _ = try await connection.receiveBytes()
            return false
        } catch {
            return error.code == .endOfFile
        }
    }
}

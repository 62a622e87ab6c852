import Connections
import Foundation
import Sockets
import Testing

/// The kinds of address on which the same test body runs.
enum LoopbackPlace: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case tcpVersion4, tcpVersion6, unixPath, abstractName

    var testDescription: String { rawValue }

    /// Those that this machine has.
    static var available: [LoopbackPlace] {
        allCases.filter { $0 != .tcpVersion6 || hasIPv6 }
    }

    private static let hasIPv6 =
        (try? ListeningSocket(.tcp(host: "::1", port: 0)).address) != nil

    /// A new address in it.
    func address(in directory: TemporaryDirectory) -> SocketAddress {
        switch self {
        case .tcpVersion4: .tcp(host: "127.0.0.1", port: 0)
        case .tcpVersion6: .tcp(host: "::1", port: 0)
        case .unixPath: .unix(path: directory.file("s"))
        case .abstractName:
            .abstract(name: Array("mp-\(UInt64.random(in: .min ... .max))".utf8) + [0, 37])
        }
    }
}

/// A connection and its peer, in a place of their own.
struct ConnectedPair {
    let directory: TemporaryDirectory
    let listener: Listener
    let client: Connection
    let server: Connection

    init(
        _ place: LoopbackPlace = .unixPath, authkey: AuthenticationKey? = nil,
        messageSizeLimit: Int = Connection.defaultMessageSizeLimit
    ) async throws {
        directory = try TemporaryDirectory()
        listener = try Listener(
            address: place.address(in: directory), authkey: authkey,
            messageSizeLimit: messageSizeLimit)
        client = try await Connection.connect(
            to: listener.address, authkey: authkey, messageSizeLimit: messageSizeLimit)
        server = try await listener.accept()
    }
}

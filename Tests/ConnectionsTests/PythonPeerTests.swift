import ChildPrograms
import Connections
import Foundation
import Pickle
import Sockets
import Testing

/// Our `Connection` and `Listener` against those of stock CPythons.
@Suite(.enabled(if: !CPython.found.isEmpty, "no CPython found"))
struct PythonPeerTests {
    /// Echoes until the end: as a client, or as a listener that prints where it is.
    private static let script = """
        import sys
        from multiprocessing import AuthenticationError
        from multiprocessing.connection import Client, Listener
        role, address, key = sys.argv[1], eval(sys.argv[2]), bytes.fromhex(sys.argv[3]) or None
        try:
            if role == "client":
                connection = Client(address, authkey=key)
            else:
                listener = Listener(address, authkey=key)
                print(repr(listener.address), flush=True)
                connection = listener.accept()
        except AuthenticationError:
            sys.exit(3)
        try:
            while True:
                connection.send_bytes(connection.recv_bytes())
        except EOFError:
            connection.close()
        """

    private static let messages: [[UInt8]] = [
        [1], Array(repeating: 2, count: 300), [], Array(repeating: 3, count: 20_000),
        Array(repeating: 4, count: 5 << 20), [5],
    ]

    private static let places: [LoopbackPlace] = [.tcpVersion4, .unixPath, .abstractName]

    private let key: AuthenticationKey
    private let other: AuthenticationKey

    init() throws {
        key = try AuthenticationKey(Array("secret".utf8))
        other = try AuthenticationKey(Array("guess".utf8))
    }

    private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }

    /// The address as a Python expression.
    private func expression(_ address: SocketAddress) -> String {
        switch address {
        case .tcp(let host, let port): "('\(host)', \(port))"
        case .unix(let path): "'\(path)'"
        case .abstract(let name):
            "bytes.fromhex('00\(hexadecimal(name))').decode('utf-8', 'surrogateescape')"
        }
    }

    private func peer(
        _ python: CPython, _ role: String, _ address: SocketAddress, _ key: AuthenticationKey?,
        script: String = Self.script
    ) throws -> ChildProgram {
        try ChildProgram([
            python.path, "-c", script, role, expression(address), hexadecimal(key?.bytes ?? []),
        ])
    }

    private func expectEcho(_ connection: Connection) async throws {
        for message in Self.messages {
            async let reply = connection.receiveBytes()
            try await connection.sendBytes(message)
            #expect(Data(try await reply) == Data(message))
        }
    }

    /// Where a Python listener is, from what it printed.
    private func place(_ address: SocketAddress, printed line: String?) throws -> SocketAddress {
        guard case .tcp(let host, _) = address else { return address }
        let port = line?.split { !$0.isNumber }.last.flatMap { Int($0) }
        return .tcp(host: host, port: try #require(port))
    }

    @Test(arguments: CPython.found, places)
    func aPythonClientOfOurListener(python: CPython, place: LoopbackPlace) async throws {
        for key in [nil, key] {
            let directory = try TemporaryDirectory()
            let listener = try Listener(address: place.address(in: directory), authkey: key)
            let peer = try peer(python, "client", listener.address, key)
            let connection = try await listener.accept()
            try await expectEcho(connection)
            connection.close()
            #expect(await peer.end() == 0)
        }
    }

    @Test(arguments: CPython.found, places)
    func ourConnectionToAPythonListener(python: CPython, place: LoopbackPlace) async throws {
        for key in [nil, key] {
            let directory = try TemporaryDirectory()
            let address = place.address(in: directory)
            let peer = try peer(python, "listener", address, key)
            let real = try await self.place(address, printed: peer.line())
            let connection = try await Connection.connect(to: real, authkey: key)
            try await expectEcho(connection)
            connection.close()
            #expect(await peer.end() == 0)
        }
    }

    /// Takes objects and sends others, and says with its exit status whether they were right.
    private static let objects = """
        import sys
        from multiprocessing.connection import Client, Listener, Pipe
        role, address, key = sys.argv[1], eval(sys.argv[2]), bytes.fromhex(sys.argv[3]) or None
        if role == "client":
            connection = Client(address, authkey=key)
        else:
            listener = Listener(address, authkey=key)
            print(repr(listener.address), flush=True)
            connection = listener.accept()
        assert connection.recv() == {"name": "Ada", "numbers": [1, 2.5, None], "raw": b"\\x00\\xff"}
        connection.send({"name": "Bob", "numbers": (3, 4.5, None), "raw": b"\\x01"})
        connection.send_bytes(b"0123456789", 2, 3)
        assert connection.recv_bytes() == b"bytes"
        assert connection.poll(60) and connection.recv() == list(range(100000))
        connection.send([1 << 70, "done", {1, 2}])
        """

    private struct Record: Codable, Equatable {
        var name: String
        var numbers: [Double?]
        var raw: [UInt8]
    }

    private func exchangeObjects(_ connection: Connection) async throws {
        try await connection.send(Record(name: "Ada", numbers: [1, 2.5, nil], raw: [0, 255]))
        let answer = try await connection.receive(Record.self)
        #expect(answer == Record(name: "Bob", numbers: [3, 4.5, nil], raw: [1]))
        #expect(try await connection.receiveBytes() == Array("234".utf8))
        try await connection.sendBytes(Array("bytes".utf8))
        try await connection.send(Array(0..<100_000))
        let last = try await connection.receive(PickleValue.self)
        #expect(last.repr(limit: 100) == "[1180591620717411303424, 'done', {1, 2}]")
        await #expect { try await connection.receiveBytes() } throws: { error in
            (error as? ConnectionError)?.code == .endOfFile
        }
    }

    @Test(arguments: CPython.found, [true, false])
    func objectsGoBothWays(python: CPython, areKeysAsked: Bool) async throws {
        let directory = try TemporaryDirectory()
        let key = areKeysAsked ? key : nil
        let listener = try Listener(address: .unix(path: directory.file("s")), authkey: key)
        let client = try peer(python, "client", listener.address, key, script: Self.objects)
        try await exchangeObjects(try await listener.accept())
        #expect(await client.end() == 0)
        let address = SocketAddress.tcp(host: "127.0.0.1", port: 0)
        let server = try peer(python, "listener", address, key, script: Self.objects)
        let real = try await place(address, printed: server.line())
        try await exchangeObjects(try await Connection.connect(to: real, authkey: key))
        #expect(await server.end() == 0)
    }

    @Test(arguments: CPython.found)
    func otherKeysAreRefusedByBothSides(python: CPython) async throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(address: .unix(path: directory.file("s")), authkey: key)
        let client = try peer(python, "client", listener.address, other)
        #expect(await client.end() == 3)
        let address = SocketAddress.unix(path: directory.file("t"))
        let server = try peer(python, "listener", address, other)
        _ = try await server.line()
        await #expect {
            try await Connection.connect(to: address, authkey: key)
        } throws: { error in
            (error as? ConnectionError)?.code == .authenticationFailed
        }
        #expect(await server.end() == 3)
    }

    @Test(arguments: CPython.found.filter { ["3.8", "3.11"].contains($0.version) })
    func legacyPeersAreRefusedWhereLegacyIsSwitchedOff(python: CPython) async throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(
            address: .unix(path: directory.file("s")), authkey: key, allowsLegacy: false)
        let client = try peer(python, "client", listener.address, key)
        #expect(await client.end() == 3)
    }
}

import Connections
import Foundation
import Managers
import Sockets
import Testing

/// Managers under TLS: all doors, other addresses, certificates that change.
@Suite(.timeLimit(.minutes(10)))
struct ManagerTLSTests {
    private let directory: TemporaryDirectory
    private let key: AuthenticationKey

    init() throws {
        directory = try TemporaryDirectory()
        key = try AuthenticationKey.generate()
    }

    private func run(
        _ tls: TLSConfiguration = TestCertificates.server(), isTCP: Bool = true,
        _ body: (ManagerServer, SocketAddress) async throws -> Void
    ) async throws {
        let address: SocketAddress =
            isTCP ? .tcp(host: "127.0.0.1", port: 0) : .unix(path: directory.file("s"))
        let server = try ManagerServer(
            at: [address], authkey: key, tls: tls, shared: [("jobs", "Queue")])
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            defer { server.shutdown() }
            try await body(server, server.addresses[0])
        }
    }

    private func connect(
        to address: SocketAddress, as name: String? = nil
    ) async throws -> Manager {
        try await Manager.connect(
            to: address, authkey: key, tls: TestCertificates.client(name))
    }

    @Test(arguments: [true, false])
    func callsOfAllSizesAreAnswered(isTCP: Bool) async throws {
        try await run(isTCP: isTCP) { _, address in
            let manager = try await connect(to: address)
            let dict = try await manager.dict(String.self, [UInt8].self)
            for size in [0, 100, 16_384, 65_536, 1 << 20, 20 << 20] {
                let value = [UInt8](repeating: UInt8(truncatingIfNeeded: size / 3), count: size)
                try await dict.set(value, forKey: "\(size)")
                let got = try await dict.get("\(size)")
                #expect(got == value)
            }
            await manager.close()
        }
    }

    @Test func aThousandCallsAtOnceShareALine() async throws {
        try await run { _, address in
            let manager = try await connect(to: address)
            let dict = try await manager.dict(Int.self, [UInt8].self)
            let value = [UInt8](repeating: 1, count: 5000)
            try await withThrowingTaskGroup { group in
                for number in 0..<1000 {
                    group.addTask {
                        try await dict.set(value, forKey: number)
                        let got = try await dict.get(number)
                        #expect(got == value)
                    }
                }
                try await group.waitForAll()
            }
            await manager.close()
        }
    }

    @Test func whoWaitsIsWokenAndWhoIsCancelledTakesNothing() async throws {
        try await run { _, address in
            let (one, other) = (try await connect(to: address), try await connect(to: address))
            let queue = try await one.queue(of: Int.self, named: "numbers")
            let same = try await other.queue(of: Int.self, named: "numbers")
            let patient = Task { try await queue.get() }
            let cancelled = Task { try await queue.get() }
            try await Task.sleep(for: .milliseconds(50))
            cancelled.cancel()
            await #expect(throws: (any Error).self) { try await cancelled.value }
            try await same.put(1)
            let got = try await patient.value
            #expect(got == 1)
            try await same.put(2)
            let next = try await queue.get()
            #expect(next == 2)
            await one.close()
            await other.close()
        }
    }

    @Test func aClientReachesAnotherServerOfTheHouse() async throws {
        try await run { _, first in
            try await run { _, second in
                let (one, two) = (try await connect(to: first), try await connect(to: second))
                let list = try await two.list(of: Int.self)
                try await list.append(7)
                let dict = try await one.dict(String.self, ListProxy<Int>.self)
                try await dict.set(list, forKey: "there")
                let found = try #require(try await dict.get("there"))
                let numbers = try await found.elements()
                #expect(numbers == [7])
                await one.close()
                await two.close()
            }
        }
    }

    @Test func whoIsRefusedIsToldWhyAndNotTriedAgain() async throws {
        try await run(TestCertificates.server("server", clientsOf: "ca", .required)) { _, address in
            for (name, reason) in [
                (nil, "it wants a certificate of ours"),
                ("client-expired", "our certificate has expired"),
            ] as [(String?, String)] {
                await #expect {
                    _ = try await connect(to: address, as: name)
                } throws: { error in
                    let error = error as? ManagerError
                    return error?.code == .tlsFailed && error?.reason.hasSuffix(reason) == true
                }
            }
            let manager = try await connect(to: address, as: "client")
            await manager.close()
        }
    }

    /// Revoked by rotation: those that come are judged anew, those that are there stay.
    @Test func certificatesAreReadAnewWhileClientsGoOn() async throws {
        let files = ["server.pem", "server.key", "ca.pem"]
        func put(_ from: [String]) throws {
            for (source, file) in zip(from, files) {
                let bytes = try Data(
                    contentsOf: TestCertificates.folder.appendingPathComponent(source))
                try bytes.write(to: URL(fileURLWithPath: directory.file(file)))
            }
        }
        try put(["server.pem", "server.key", "ca.pem"])
        let tls = TLSConfiguration.server(
            certificate: .file(directory.file("server.pem")),
            key: .file(directory.file("server.key")),
            clientAuthorities: .file(directory.file("ca.pem")), clientCertificates: .required)
        try await run(tls) { server, address in
            let manager = try await connect(to: address, as: "client")
            let dict = try await manager.dict(String.self, Int.self)
            try put(["server.pem", "server.key", "other-ca.pem"])
            try server.reload()
            try await dict.set(1, forKey: "one")
            let value = try await dict.get("one")
            #expect(value == 1)
            let late = await code { _ = try await connect(to: address, as: "client") }
            #expect(late == .tlsFailed)
            let other = try await connect(to: address, as: "client-other-ca")
            await other.close()
            // What cannot be read leaves what there was.
            try put(["server.pem", "client.key", "ca.pem"])
            #expect(throws: ManagerError.self) { try server.reload() }
            // So does what nobody would take.
            try put(["server-expired.pem", "server-expired.key", "ca.pem"])
            #expect { try server.reload() } throws: { error in
                "\(error)".contains("the server's certificate has expired")
            }
            // A damaged certificate is not taken for the end of its file.
            let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
            let authorities = URL(fileURLWithPath: directory.file("ca.pem"))
            try put(["server.pem", "server.key", "ca.pem"])
            try (Data(contentsOf: authorities) + Data(damaged.utf8)).write(to: authorities)
            #expect(throws: ManagerError.self) { try server.reload() }
            let again = try await connect(to: address, as: "client-other-ca")
            await again.close()
            await manager.close()
        }
    }

    @Test func aServerWithoutACertificateDoesNotStart() async throws {
        #expect {
            try ManagerServer(
                at: [.tcp(host: "127.0.0.1", port: 0)], authkey: key, tls: TLSConfiguration())
        } throws: {
            ($0 as? ManagerError)?.code == .tlsFailed
        }
    }

    @Test func threadsCallToo() async throws {
        try await run { _, address in
            let manager = try await connect(to: address)
            let dict = try await manager.dict(String.self, [UInt8].self)
            let value = [UInt8](repeating: 3, count: 300_000)
            try await dict.set(value, forKey: "it")
            let isEqual = try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Bool, any Error>) in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result {
                            let blocking = dict.blocking
                            return try (0..<50).allSatisfy { _ in
                                let got: [UInt8] = try blocking.call("get", "it")
                                return got == value
                            }
                        })
                }
            }
            #expect(isEqual)
            await manager.close()
        }
    }
}

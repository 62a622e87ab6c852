import ChildPrograms
import Connections
import Foundation
import Logging
import Sockets
import Synchronization
import Testing

@testable import Managers

/// Stock Pythons at a server that speaks TLS, by way of Examples/Secured: who is let in, and what
/// both sides are told, as docs/SECURITY.md has it.
@Suite(.timeLimit(.minutes(5)))
struct PythonTLSTests {
    private static let secured = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Examples/Secured").standardizedFileURL.path

    private static let script = """
        import ssl, sys
        from multiprocessing.managers import BaseProxy, SyncManager

        folder, certs, port, key, client, name, deed = sys.argv[1:]
        sys.dont_write_bytecode = True
        sys.path.insert(0, folder)
        from secured import use_tls

        class M(SyncManager):
            pass

        M.register('jobs')
        M.register('go')

        def connect():
            context = ssl.create_default_context(cafile=certs + '/ca.pem')
            if client:
                context.load_cert_chain(f'{certs}/{client}.pem', f'{certs}/{client}.key')
            use_tls(context, name or None)
            m = M(('127.0.0.1', int(port)), bytes.fromhex(key))
            m.connect()
            return m

        def told(call):
            try:
                return call()
            except Exception as error:
                return f'{type(error).__name__} {error}'.lower()

        def use():
            jobs = connect().jobs()
            jobs.put({'bytes': bytes(1_000_000)})
            return len(jobs.get()['bytes'])

        if deed == 'use':
            print(told(use))
        else:
            m = connect()
            jobs, go = m.jobs(), m.go()
            jobs.put('here')
            print(told(go.get))
            print(told(jobs.qsize))
            print(told(connect))
        """

    /// What the server has said.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }

        func append(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private struct LineLog: LogHandler {
        let lines: Lines
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.notice

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.append("\(event.message) \(event.metadata?["reason"] ?? "")")
        }
    }

    /// A server at a port with TLS, and without it at a socket beside.
    private struct House {
        let directory: TemporaryDirectory
        let server: ManagerServer
        /// The key of whoever comes with TLS.
        let key: AuthenticationKey
        /// Somebody who is served throughout.
        let witness: Manager
        let lines: Lines

        /// What Python prints.
        func tell(
            _ python: CPython, as client: String?, _ deed: String = "use", name: String? = nil
        ) async throws -> [String] {
            guard case .tcp(_, let port) = server.addresses[0] else { return [] }
            let key = key.bytes.map { String(format: "%02x", $0) }.joined()
            let output = try await python.run([
                "-c", PythonTLSTests.script, PythonTLSTests.secured, TestCertificates.folder.path,
                "\(port)", key, client ?? "", name ?? "", deed,
            ])
            // The server has looked at all that Python has sent.
            for _ in 0..<2 { #expect(try await witness.numberOfObjects() >= 0) }
            return output.split(separator: "\n").map(String.init)
        }
    }

    private func serve(
        _ tls: TLSConfiguration, ring: ((_ certificate: String) throws -> KeyRing)? = nil,
        key: AuthenticationKey, witness: AuthenticationKey? = nil,
        _ body: (House) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let lines = Lines()
        let server = try ManagerServer(
            at: [
                Endpoint(.tcp(host: "127.0.0.1", port: 0), usesTLS: true),
                Endpoint(.unix(path: directory.file("s"))),
            ],
            keys: ring.map { ServerKeys(try $0("test client")) } ?? ServerKeys(key), tls: tls,
            shared: [("jobs", "Queue"), ("go", "Queue")], registry: Registry(), release: .died,
            limits: ServerLimits(), signals: [],
            logger: Logger(label: "manager") { _ in LineLog(lines: lines) })
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            defer { server.shutdown() }
            let manager = try await Manager.connect(
                to: .unix(path: directory.file("s")), authkey: witness ?? key)
            try await body(
                House(
                    directory: directory, server: server, key: key, witness: manager,
                    lines: lines))
            await manager.close()
        }
    }

    // MARK: Who is let in

    struct Row: Sendable, CustomTestStringConvertible {
        var server = "server"
        var client: String?
        var clients = TLSConfiguration.ClientCertificates.none
        var name: String?
        /// What Python and the log are told, nil where it is let in.
        var told: (python: String, log: String)?

        var testDescription: String {
            "\(server), \(client ?? "nobody"), \(clients)\(name.map { ", as \($0)" } ?? "")"
        }
    }

    private static let refusesUs = "TLS: the peer refused us: "
    private static let rows = [
        Row(),
        Row(server: "server-wrong-name", name: "nobody.example"),
        Row(
            server: "server-expired",
            told: ("certificate has expired", refusesUs + "our certificate has expired")),
        Row(
            server: "server-wrong-name",
            told: (
                "ip address mismatch", refusesUs + "it does not take our certificate"
            )),
        Row(
            server: "server-other-ca",
            told: (
                "unable to get local issuer certificate",
                refusesUs + "it does not trust the authority of our certificate"
            )),
        Row(client: "client", clients: .required),
        Row(client: "client", clients: .optional),
        Row(clients: .optional),
        Row(
            client: "client-expired", clients: .required,
            told: ("certificate expired", "TLS: the peer's certificate has expired")),
        Row(
            client: "client-expired", clients: .optional,
            told: ("certificate expired", "TLS: the peer's certificate has expired")),
        Row(
            client: "client-other-ca", clients: .required,
            told: (
                "unknown ca", "TLS: the peer's certificate is from an authority that is not trusted"
            )),
        Row(
            clients: .required,
            told: ("certificate required", "TLS: the peer has shown no certificate")),
    ]

    @Test(arguments: rows, CPython.found)
    func whoIsLetInAndWhoIsToldWhat(_ row: Row, _ python: CPython) async throws {
        let tls = TestCertificates.server(row.server, clientsOf: "ca", row.clients)
        try await serve(tls, key: try .generate()) { house in
            let told = try await house.tell(python, as: row.client, name: row.name)
            if let expected = row.told {
                #expect(told.count == 1 && told[0].contains(expected.python), "\(told)")
                #expect(house.lines.all.contains("refused a peer \(expected.log)"))
            } else {
                #expect(told == ["1000000"])
            }
            let jobs = try await house.witness.queue(of: String.self, shared: "jobs")
            #expect(try await jobs.count == 0)
        }
    }

    // MARK: Rotation

    /// An authority that is trusted no more, or another certificate of the server's: who is there
    /// stays, who comes is judged anew.
    @Test(
        arguments: [
            (["server.pem", "server.key", "other-ca.pem"], "unknown ca"),
            (["server-other-ca.pem", "server-other-ca.key", "ca.pem"], "local issuer certificate"),
        ], CPython.found)
    func whoComesIsJudgedByTheNewFiles(
        rotated: (files: [String], told: String), _ python: CPython
    ) async throws {
        let directory = try TemporaryDirectory()
        let names = ["server.pem", "server.key", "ca.pem"].map { directory.file($0) }
        let put = { (files: [String]) in
            for (file, name) in zip(files, names) {
                let source = TestCertificates.folder.appendingPathComponent(file)
                try Data(contentsOf: source).write(to: URL(fileURLWithPath: name))
            }
        }
        try put(["server.pem", "server.key", "ca.pem"])
        let tls = TLSConfiguration.server(
            certificate: .file(names[0]), key: .file(names[1]),
            clientAuthorities: .file(names[2]), clientCertificates: .required)
        try await serve(tls, key: try .generate()) { house in
            async let output = house.tell(python, as: "client", "stay")
            let jobs = try await house.witness.queue(of: String.self, shared: "jobs")
            let go = try await house.witness.queue(of: String.self, shared: "go")
            #expect(try await jobs.get() == "here")
            try put(rotated.files)
            try house.server.reload()
            try await go.put("go on")
            let told = try await output
            #expect(told.count == 3 && told[..<2] == ["go on", "0"], "\(told)")
            #expect(told.last?.contains(rotated.told) == true, "\(told)")
            // Who has the certificate of the authority that is trusted now comes in.
            let other = try await house.tell(python, as: "client-other-ca")
            #expect((other == ["1000000"]) == (rotated.files[2] == "other-ca.pem"))
        }
    }

    /// A certificate that is its principal's no more: what was opened by it ends.
    @Test(arguments: CPython.found)
    func whoseCertificateTheRingHasNoMoreIsOut(_ python: CPython) async throws {
        let (worker, admin) = (try AuthenticationKey.generate(), try AuthenticationKey.generate())
        let ring = { (certificate: String) in
            var ring = KeyRing()
            try ring.add("admin", keys: [admin], rights: .all)
            try ring.add(
                "worker", keys: [worker], certificates: [certificate],
                rights: .init(names: ["*": .write]))
            return ring
        }
        let tls = TestCertificates.server("server", clientsOf: "ca", .optional)
        try await serve(tls, ring: ring, key: worker, witness: admin) { house in
            #expect(try await house.tell(python, as: "client") == ["1000000"])
            #expect(try await house.tell(python, as: nil).first?.hasPrefix("eoferror") == true)
            async let output = house.tell(python, as: "client", "stay")
            let jobs = try await house.witness.queue(of: String.self, shared: "jobs")
            #expect(try await jobs.get() == "here")
            house.server.replace(keyRing: try ring("another client"))
            let told = try await output
            // What it had under way and what it tries then ends without a word, and so does its
            // coming again.
            #expect(told.count == 3 && told[0].hasPrefix("eoferror"), "\(told)")
            #expect(told.last?.hasPrefix("eoferror") == true, "\(told)")
            #expect(
                house.lines.all.contains(
                    "refused a peer worker must not come with no certificate"))
        }
    }
}

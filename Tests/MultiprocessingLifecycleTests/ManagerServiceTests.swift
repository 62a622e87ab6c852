import Foundation
import Logging
import Multiprocessing
import MultiprocessingLifecycle
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ManagerServiceTests {
    /// Tells when it is asked to end.
    private struct Witness: Service {
        let told: AsyncStream<Void>.Continuation

        func run() async throws {
            try await gracefulShutdown()
            told.finish()
        }
    }

    @Test func aGracefulShutdownEndsTheServer() async throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("mp-\(UInt32.random(in: .min ... .max))").path
        let key = try AuthenticationKey.generate()
        let server = try ManagerServer(at: [.unix(path: path)], authkey: key)
        let (asked, told) = AsyncStream<Void>.makeStream()
        let group = ServiceGroup(
            services: [Witness(told: told), ManagerService(server)],
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        async let running: Void = group.run()
        let manager = try await Manager.connect(to: .unix(path: path), authkey: key)
        #expect(try await manager.list([1]).count == 1)
        await group.triggerGracefulShutdown()
        try await running
        for await _ in asked {}
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// A server that its client ended is a service that has ended.
    @Test func aClientsShutdownEndsTheService() async throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("mp-\(UInt32.random(in: .min ... .max))").path
        let key = try AuthenticationKey.generate()
        let service = ManagerService(
            try ManagerServer(at: [.unix(path: path)], authkey: key))
        async let running: Void = service.run()
        try await Manager.connect(to: .unix(path: path), authkey: key).shutdown()
        try await running
    }

    /// What a client has asked is answered before it closes.
    @Test func aGracefulShutdownDrainsAClient() async throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("mp-\(UInt32.random(in: .min ... .max))").path
        let key = try AuthenticationKey.generate()
        let server = try ManagerServer(at: [.unix(path: path)], authkey: key)
        async let serving: Void = server.run()
        let manager = try await Manager.connect(to: .unix(path: path), authkey: key)
        let queue = try await manager.queue(of: Int.self)
        let other = try await Manager.connect(to: .unix(path: path), authkey: key)
        let same = try await other.decode(
            QueueProxy<Int>.self, fromPickle: try PickleEncoder().encode(queue))
        let group = ServiceGroup(
            services: [ManagerClientService(manager)],
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        async let running: Void = group.run()
        async let item = queue.get()
        await group.triggerGracefulShutdown()
        try await same.put(7)
        #expect(try await item == 7)
        try await running
        await #expect(throws: ManagerError.self) { try await manager.list([1]) }
        await other.close()
        server.shutdown()
        try await serving
    }
}

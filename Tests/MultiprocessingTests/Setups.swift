import Foundation
import Multiprocessing
import Processes

/// Offers a type that tells in which process it is.
struct Places: ManagerSetup {
    final class Place: Sendable {
        let name: String

        init(_ name: String) { self.name = name }

        func process() -> Int32 { getpid() }
    }

    let name: String

    func register(in registry: inout Registry) {
        let name = name
        let make: @Sendable @concurrent () async throws -> Place = { Place(name) }
        registry.register("Place", make) {
            $0.expose("process", Place.process)
            $0.expose("name") { (place: Place) in place.name }
            $0.expose("main") { (_: Place) in await MainActor.run { Thread.isMainThread } }
        }
    }
}

/// Does something first, or fails at it.
struct First: ManagerSetup {
    struct Reason: Error, CustomStringConvertible {
        let description: String
    }

    let file: String?

    func start() async throws {
        guard let file else { throw Reason(description: "there is no file") }
        try Data("started".utf8).write(to: URL(fileURLWithPath: file))
    }
}

/// Ends its process before it is ready.
struct Suicidal: ManagerSetup {
    func start() async throws { kill(getpid(), SIGKILL) }
}

/// Never gets ready.
struct Endless: ManagerSetup {
    let file: String

    func start() async throws {
        try Data("\(getpid())".utf8).write(to: URL(fileURLWithPath: file))
        try await Task.sleep(for: .seconds(1000))
    }
}

/// A process that starts a manager, tells its parent where it is, and waits to be killed.
struct Owner: ProcessMain, Codable {
    func main(_ parent: ParentLink) throws {
        MainThread.run {
            let manager = try await Manager.start()
            let process = manager.serverProcess ?? -1
            try parent.send(Array("\(process) \(manager.address)".utf8))
            parent.waitForEnd()
            await manager.close()
        }
    }
}

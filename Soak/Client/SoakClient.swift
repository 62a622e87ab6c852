import ArgumentParser
import Foundation
import Multiprocessing

/// A client of the soak: a manager, and so a tagged connection, for each lane.
///
/// It works for so many seconds, and writes down what it is told, as `Soak/ledger.py` reads it.
@main
struct SoakClient: AsyncParsableCommand {
    @Argument(help: "Where the server listens.") var address: String
    @Argument(help: "The file with the key.") var keyfile: String
    @Argument(help: "The ledger, which is appended to.") var ledger: String
    @Argument(help: "What the client's items begin with.") var name: String
    @Argument(help: "How many lanes there are.") var lanes: Int
    @Argument(help: "How long it works, in seconds.") var seconds: Double
    @Argument(help: "1 to use locks, 0 for none.") var locks: Int

    func run() async throws {
        let place = try Endpoint(parsing: address)
        let authority = (keyfile as NSString).deletingLastPathComponent + "/ca.pem"
        let key = try AuthenticationKey(contentsOf: keyfile)
        let ledger = try Ledger(ledger)
        let end = ContinuousClock.now + .seconds(seconds)
        try await withThrowingTaskGroup { group in
            for number in 0..<lanes {
                group.addTask {
                    let manager = try await Manager.connect(
                        to: place.address, authkey: key,
                        tls: place.usesTLS ? .client(trusting: .file(authority)) : nil)
                    var lane = Lane(
                        try await Shared(manager), ledger, number, name: "\(name).\(number)",
                        hasLocks: locks != 0)
                    await lane.run(until: end)
                    await manager.close()
                }
            }
            try await group.waitForAll()
        }
    }
}

/// The ledger of one client process; Soak/ledger.py draws it.
final class Ledger: Sendable {
    /// What came of a call.
    enum Mark: Character {
        case begun = "?"
        case acknowledged = "+"
        case nothing = "-"
        case unknown = "~"
        case fault = "!"
    }

    private let file: FileHandle

    init(_ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw ValidationError("cannot write \(path)") }
        self.file = file
    }

    /// Writes a line, in one write: who is killed afterwards leaves it.
    func write(_ lane: Int, _ mark: Mark, _ words: String) {
        do {
            try file.write(contentsOf: Data("\(lane) \(mark.rawValue) \(words)\n".utf8))
        } catch {
            fatalError("the ledger cannot be written: \(error)")
        }
    }
}

/// What all clients share.
struct Shared: Sendable {
    let manager: Manager
    let items: QueueProxy<String>
    let few: QueueProxy<String>
    let counters: DictProxy<String, Int>
    let table: DictProxy<String, String>
    let log: ListProxy<String>
    let lock: LockProxy
    let rlock: RLockProxy
    let permits: SemaphoreProxy
    let inside: DictProxy<String, String>

    init(_ manager: Manager) async throws(ManagerError) {
        self.manager = manager
        items = try await manager.queue(shared: "items")
        few = try await manager.queue(maxsize: 20, named: "few")
        counters = try await manager.dict(shared: "counters")
        table = try await manager.dict(shared: "table")
        log = try await manager.list(shared: "log")
        lock = try await manager.lock(shared: "lock")
        rlock = try await manager.rlock(shared: "rlock")
        permits = try await manager.semaphore(shared: "permits")
        inside = try await manager.dict(shared: "inside")
    }
}

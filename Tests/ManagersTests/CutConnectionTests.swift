import Foundation
import Managers
import Testing

/// Connections that are cut under load, also in the middle of frames, in both directions. `CUTS`
/// says how often, 20 times by default.
@Suite(.timeLimit(.minutes(30)))
struct CutConnectionTests {
    private static let cuts =
        ProcessInfo.processInfo.environment["CUTS"].flatMap { Int($0) } ?? 20

    /// What a call came to, as its caller knows.
    private enum Fate { case done, unknown, failed }

    private static func append(
        _ number: Int, _ padding: Int, to list: ListProxy<[UInt8]>
    ) async -> Fate {
        var item = [UInt8](repeating: 0, count: padding)
        withUnsafeBytes(of: UInt64(number)) { item.insert(contentsOf: $0, at: 0) }
        do {
            try await list.append(item)
            return .done
        } catch {
            return error.isOutcomeUnknown ? .unknown : .failed
        }
    }

    /// Tasks append numbers, each once, while the connection is cut again and again: what was
    /// acknowledged is there, what was not may be, and nothing is there twice.
    @Test(arguments: TestServer.swift, [0, 40_000])
    func whatIsAcknowledgedIsDoneOnce(_ place: TestServer, _ padding: Int) async throws {
        try await place.run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            let manager = try await Manager.connect(to: forwarder.address, authkey: server.key)
            let other = try await server.connect()
            let list = try await other.list(of: [UInt8].self, named: "numbers")
            let same = try await manager.list(of: [UInt8].self, named: "numbers")
            var fates: [Int: Fate] = [:]
            for cut in 0..<Self.cuts {
                let cutting = Task {
                    try await Task.sleep(for: .microseconds(Int.random(in: 0..<5000)))
                    forwarder.cut()
                }
                await withTaskGroup(of: (Int, Fate).self) { group in
                    for number in cut * 40..<(cut + 1) * 40 {
                        group.addTask { (number, await Self.append(number, padding, to: same)) }
                    }
                    for await (number, fate) in group { fates[number] = fate }
                }
                try await cutting.value
            }
            var there: [Int] = []
            for index in 0..<(try await list.count) {
                let item = try await list.get(index)
                there.append(item.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) })
            }
            #expect(Set(there).count == there.count, "what was asked once was done twice")
            let done = fates.filter { $0.value == .done }.map(\.key)
            #expect(Set(done).subtracting(there).isEmpty, "what was acknowledged is lost")
            #expect(
                there.allSatisfy { fates[$0] != .failed },
                "what was done was said not to have been")
            #expect(!done.isEmpty)
            await manager.close()
            await other.close()
            forwarder.stop()
        }
    }
}

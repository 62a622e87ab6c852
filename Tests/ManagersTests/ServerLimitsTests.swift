import Foundation
import HostedObjects
import Testing

@testable import Managers

@Suite struct ServerLimitsTests {
    private static let document = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/LIMITS.md")

    /// The cells of the rows of a table, behind the heading `title`.
    private func rows(_ title: String) throws -> [[String]] {
        let text = try String(contentsOf: Self.document, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "## \(title)\n").dropFirst().first)
            .components(separatedBy: "\n## ")[0]
        return section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test func theStoreIsToldItsLimits() {
        var limits = ServerLimits()
        (limits.objects, limits.bytes, limits.objectBytes, limits.elements) = (1, 2, 3, 4)
        (limits.queueLength, limits.waiters, limits.leases, limits.replySize) = (5, 6, 7, 8)
        (limits.requestsInFlight, limits.unreadReplies, limits.longestLease) = (9, 10, .seconds(11))
        var store = StoreLimits()
        (store.objects, store.bytes, store.objectBytes, store.elements) = (1, 2, 3, 4)
        (store.queueLength, store.waiters, store.leases, store.replySize) = (5, 6, 7, 8)
        (store.tags, store.replies, store.longestLease) = (9, 10, 11)
        #expect(limits.ofStore(.died) == store)
    }

    /// A tag takes memory once it is used, and without any there is no tagged connection.
    @Test(arguments: [
        (0, 1), (1, 1), (2, 2), (StoreLimits.mostTags - 1, StoreLimits.mostTags - 1),
        (StoreLimits.mostTags, StoreLimits.mostTags),
        (StoreLimits.mostTags + 1, StoreLimits.mostTags), (.max, StoreLimits.mostTags),
    ])
    func thereAreSoManyTagsAtMost(said: Int, taken: Int) {
        var limits = ServerLimits()
        limits.requestsInFlight = said
        #expect(limits.ofStore(.died).tags == taken)
    }

    @Test func everyPropertyIsASetting() {
        let properties = Mirror(reflecting: ServerLimits()).children.compactMap(\.label)
        #expect(ServerLimits.settings.map(\.name) == properties)
    }

    @Test func theDocumentHasEverySettingWithItsUnitAndDefault() throws {
        let defaults = ServerLimits()
        let rows = try rows("Settings")
        #expect(rows.map { $0[0] } == ServerLimits.settings.map { "`\($0.name)`" })
        for (row, setting) in zip(rows, ServerLimits.settings) {
            #expect(row[1] == setting.unit.rawValue)
            // What the machine has is another number on each.
            guard !row[2].hasSuffix(" of the memory") else { continue }
            #expect(row[2] == setting.text(in: defaults), "\(setting.name)")
        }
    }

    @Test func theDocumentHasEveryLimitThatIsFixed() throws {
        let settings = Set(ServerLimits.settings.map(\.name))
        let fixed = Set(StoreLimit.allCases.map(\.rawValue)).subtracting(settings)
            .union(["handshakeMessage", "descriptors"])
        #expect(Set(try rows("Fixed").map { $0[0] }) == Set(fixed.map { "`\($0)`" }))
    }

    @Test(arguments: [
        ("connections", "7", "7"), ("bytes", "4096", "4K"), ("bytes", "64K", "64K"),
        ("bytes", "3M", "3M"), ("objectBytes", "2T", "2T"), ("messageSize", "1000", "1000"),
        ("idleTime", "0", "0s"), ("idleTime", "500ms", "500ms"), ("idleTime", "10s", "10s"),
        ("attemptDelay", "2m", "120s"), ("handshakeTimeout", "1h", "3600s"),
    ])
    func aLimitIsSetByItsName(name: String, text: String, expected: String) throws {
        var limits = ServerLimits()
        try limits.set(name, to: text)
        let setting = try #require(ServerLimits.settings.first { $0.name == name })
        #expect(setting.text(in: limits) == expected)
        for other in ServerLimits.settings where other.name != name {
            #expect(other.text(in: limits) == other.text(in: ServerLimits()))
        }
    }

    @Test(arguments: [
        ("conections", "7"), ("connections", ""), ("connections", "-1"), ("connections", "7K"),
        ("connections", "x"), ("bytes", "1.5G"), ("bytes", "K"), ("bytes", "9223372036854775807K"),
        ("bytes", "99999999999999999999"), ("idleTime", "7"), ("idleTime", "10 s"),
        ("idleTime", "1d"), ("idleTime", "-1s"), ("idleTime", "٣s"),
    ])
    func whatIsNoValueIsRefused(name: String, text: String) {
        var limits = ServerLimits()
        #expect(throws: ManagerError.self) { try limits.set(name, to: text) }
        #expect(limits == ServerLimits())
    }

    @Test func limitsSurviveJSON() throws {
        var limits = ServerLimits()
        limits.bytes = 1 << 20
        limits.idleTime = .seconds(3)
        let data = try JSONEncoder().encode(limits)
        #expect(try JSONDecoder().decode(ServerLimits.self, from: data) == limits)
    }
}

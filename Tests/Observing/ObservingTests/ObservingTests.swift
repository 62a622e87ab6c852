import CoreMetrics
import Foundation
import InMemoryTracing
import MetricsTestKit
import Multiprocessing
import Testing
import Tracing

/// What programs are told of where the traits are on. The systems are the process's, so the tests
/// go one after the other.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ObservingTests {
    private static let tracer = InMemoryTracer()
    private static let metrics = TestMetrics()
    /// Once a process.
    private static let isBootstrapped: Bool = {
        InstrumentationSystem.bootstrap(tracer)
        MetricsSystem.bootstrap(metrics)
        return true
    }()

    private struct Refusal: Error {}

    private final class Maths: Sendable {
        func add(_ one: Int) -> Int { one + 1 }
        func refuse(_ one: Int) throws -> Int { throw Refusal() }
    }

    init() {
        #expect(Self.isBootstrapped)
        Self.tracer.clearAll()
    }

    /// Runs something against a server that has a type of its own.
    private func withServer(_ body: (Manager) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("mp-\(UInt32.random(in: .min ... .max))").path
        let key = try AuthenticationKey.generate()
        var registry = Registry()
        registry.register("Maths", Maths.init) {
            $0.expose("add", Maths.add)
            $0.expose("refuse", Maths.refuse)
        }
        let server = try ManagerServer(
            at: [.unix(path: path)], authkey: key, registry: registry)
        async let serving: Void = server.run()
        let manager = try await Manager.connect(to: .unix(path: path), authkey: key)
        try await body(manager)
        await manager.close()
        server.shutdown()
        try await serving
    }

    private func spans(_ name: String) -> [FinishedInMemorySpan] {
        Self.tracer.finishedSpans.filter { $0.operationName == name }
    }

    @Test func aCallIsASpanOfItsCaller() async throws {
        try await withServer { manager in
            let dict = try await manager.dict(String.self, Int.self)
            try await withSpan("outer") { outer in
                try await dict.set(1, forKey: "a")
                _ = try? await dict.value(forKey: "b")
            }
            _ = try await manager.batch([try dict.deferred("__len__", returning: Int.self)])
        }
        let outer = try #require(spans("outer").first)
        let set = try #require(spans("__setitem__").first)
        #expect(set.parentSpanID == outer.spanID)
        #expect(set.kind == .client)
        #expect(set.attributes["rpc.system"]?.toSpanAttribute() == "multiprocessing")
        #expect(set.status == nil)
        let get = try #require(spans("__getitem__").first)
        #expect(get.status?.code == .error)
        #expect(get.status?.message == "#ERROR")
        #expect(spans("batch").count == 1)
        #expect(Self.tracer.activeSpans.isEmpty)
    }

    @Test func aMethodOfOnesOwnIsASpanOfTheServer() async throws {
        try await withServer { manager in
            let maths = try await manager.create("Maths", as: ObjectProxy.self)
            #expect(try await maths.call("add", 2, returning: Int.self) == 3)
            _ = try? await maths.call("refuse", 2, returning: Int.self)
        }
        #expect(spans("create Maths").map(\.kind) == [.server])
        let add = spans("add")
        #expect(Set(add.map(\.kind)) == [.client, .server])
        #expect(add.allSatisfy { $0.status == nil })
        let refuse = spans("refuse")
        #expect(refuse.count == 2)
        #expect(refuse.allSatisfy { $0.status?.code == .error })
    }

    @Test func callsAreTimedByMethodAndOutcome() async throws {
        try await withServer { manager in
            let list = try await manager.list([1])
            for number in 0..<3 { try await list.append(number) }
            _ = try? await list.pop(at: 77)
        }
        let appends = try Self.metrics.expectTimer(
            "multiprocessing.client.calls", [("method", "append"), ("outcome", "returned")])
        #expect(appends.values.count == 3)
        #expect(appends.values.allSatisfy { $0 > 0 })
        let pop = try Self.metrics.expectTimer(
            "multiprocessing.client.calls", [("method", "pop"), ("outcome", "raised")])
        #expect(pop.values.count == 1)
    }

    @Test func aServerTellsWhatItHas() async throws {
        let requests = { try Self.metrics.expectCounter("multiprocessing.server.requests") }
        try await withServer { manager in
            let list = try await manager.list([1])
            let before = try requests().totalValue
            for number in 0..<100 { try await list.append(number) }
            let objects = try Self.metrics.expectGauge("multiprocessing.server.objects")
            let deadline = ContinuousClock.now + .seconds(30)
            while try requests().totalValue < before + 100 || objects.lastValue == 0 {
                try #require(ContinuousClock.now < deadline)
                try await Task.sleep(for: .milliseconds(50))
            }
            let connections = try Self.metrics.expectGauge("multiprocessing.server.connections")
            #expect((connections.lastValue ?? 0) >= 1)
        }
        let accepted = try Self.metrics.expectCounter(
            "multiprocessing.server.connections.accepted")
        #expect(accepted.totalValue >= 1)
    }
}

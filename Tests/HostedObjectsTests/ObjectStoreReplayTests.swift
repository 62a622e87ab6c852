import Pickle
import Testing

@testable import HostedObjects

/// The same inputs in the same order give the same outputs, to the bit.
@Suite struct ObjectStoreReplayTests {
    private static let methods: [(String, [PickleValue])] = [
        ("__setitem__", ["k", 1]), ("__setitem__", [2, "v"]), ("__delitem__", ["k"]),
        ("keys", []), ("update", [["x": 1, "y": [2], 3: .none]]), ("popitem", []),
        ("append", [1]), ("append", ["b"]), ("sort", []), ("pop", []),
        ("extend", [.set([1, 2, 3])]),
        ("acquire", []), ("acquire", [true, 0.5]), ("release", []), ("wait", [1]), ("set", []),
        ("clear", []), ("put", [7]), ("get", []), ("get", [true, 0.25]), ("task_done", []),
        ("join", []), ("__str__", []), ("#GETVALUE", []), ("nope", []), ("__iter__", []),
        ("notify", []), ("notify_all", []), ("abort", []), ("reset", []), ("add", [5]),
        ("__ior__", [.set([7, "x"])]), ("union", [[1, 2]]), ("wait", [0.25]), ("wait", []),
        ("release", [2]),
    ]

    /// Runs one history and gives all that came out of it.
    private func run(seed: UInt64, steps: Int) -> [UInt8] {
        let store = TestStore()
        var random = SplitMix(seed: seed)
        var output: [UInt8] = []
        var objects = [
            "dict", "list", "Lock", "RLock", "Event", "Queue", "Namespace", "set", "Semaphore",
            "BoundedSemaphore", "Condition",
        ].map { store.make($0) }
        let proxies = objects[2...3].map { $0.proxy(ofClass: "AcquirerProxy") }
        objects += proxies.map { store.make("Condition", $0) }
        objects += [store.make("Barrier", 2), store.make("Array", "i", [1, 2])]
        var clients = (0..<4).map { _ in store.client() }
        var isWaiting = [Bool](repeating: false, count: clients.count)
        for _ in 0..<steps {
            let place = Int.random(in: clients.indices, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                store.advance(seconds: Double(Int.random(in: 0..<4, using: &random)) / 8)
            case 1:
                clients[place].disconnect()
                clients[place] = store.client()
                isWaiting[place] = false
            case 2:
                store.lose(clients[place])
            default:
                if isWaiting[place] { continue }
                let object = objects[Int.random(in: objects.indices, using: &random)]
                let method = Self.methods[Int.random(in: Self.methods.indices, using: &random)]
                let reply = clients[place].send(object.ident, method.0, method.1)
                isWaiting[place] = reply == .parked
            }
            output += store.lastFrames
            for index in clients.indices where !clients[index].mail.isEmpty {
                isWaiting[index] = false
            }
        }
        return output
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func theSameHistoryGivesTheSameBytes(seed: UInt64) {
        let first = run(seed: seed, steps: 2000)
        #expect(first.count > 10_000)
        #expect(first == run(seed: seed, steps: 2000))
    }
}

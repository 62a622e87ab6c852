import Pickle
import Testing

@testable import HostedObjects

/// Requests damaged on their way, to a store with every type. A test that crashes has failed.
@Suite struct ObjectStoreFuzzTests {
    private static let calls: [(String, [PickleValue])] = [
        ("__setitem__", ["k", [1]]), ("__getitem__", [0]), ("__setitem__", [.slice(0, 2), "ab"]),
        ("__delitem__", [.slice(.none, .none, 2)]), ("update", [[.tuple([1, 2]), "ab"]]),
        ("pop", [1]), ("insert", [0, "x"]), ("index", ["x", 0, 5]), ("count", [1.5]), ("sort", []),
        ("extend", [.range(5)]), ("setdefault", [.tuple([1]), .none]), ("get", ["k", 1]),
        ("acquire", [true, 0.5]), ("acquire", [false]), ("release", []), ("wait", [0.25]),
        ("set", [1]), ("put", [["item"], false]), ("get", [false]), ("task_done", []),
        ("__setattr__", ["a", ["x": 1]]), ("__getattribute__", ["a"]), ("__delattr__", ["a"]),
        ("__repr__", []), ("#GETVALUE", []), ("__iter__", []), ("__next__", []),
        ("notify", [2]), ("notify_all", []), ("abort", []), ("reset", []), ("wait", []),
        ("wait", [0]), ("release", [3]), ("__setitem__", [0, 7]), ("add", [.tuple([1])]),
        ("__and__", [.set([1, 2])]), ("update", [[3], "ab"]), ("remove", [.set([1])]),
        ("__or__", [["k": 2]]), ("fromkeys", [["a"], 1]), ("__class_getitem__", [5]),
        ("__getattribute__", ["parties"]),
    ]

    private func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2 where bytes.count > 1: bytes.remove(at: place)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func everyRequestGetsAReplyThatCanBeRead(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let store = TestStore()
        let objects = [
            store.make("dict", ["k": 1]), store.make("list", [1, "x"]), store.make("Namespace"),
            store.make("Value", "i", 5), store.make("Queue", 3), store.make("JoinableQueue"),
            store.make("Lock"), store.make("RLock"), store.make("Event"),
            store.make("Semaphore", 1), store.make("BoundedSemaphore", 2),
            store.make("Condition"), store.make("Barrier", 2), store.make("Array", "u", "abc"),
            store.make("set", [1, 2]),
        ]
        var client = store.client()
        for step in 0..<4000 {
            let object = objects[Int.random(in: objects.indices, using: &random)]
            let (method, arguments) = Self.calls[Int.random(in: Self.calls.indices, using: &random)]
            let request = PickleValue.tuple([
                .str(object.ident), .str(method), .tuple(arguments), .dict([]),
            ])
            let number = PickleProtocol.allCases[step % PickleProtocol.allCases.count]
            var bytes = request.pickled(protocol: number)
            damage(&bytes, &random)
            switch client.send(bytes: bytes) {
            case .garbled(let reply):
                Issue.record("\(bytes) got \(reply)")
                return
            case .parked, .hangUp:
                client.disconnect()
                client = store.client()
            default: break
            }
        }
        #expect(objects.allSatisfy { $0.isThere })
        #expect(store.waitingCalls == 0)
    }
}

import Pickle
import Testing

@testable import HostedObjects

/// What the values of one request share they go on sharing, as in CPython's server.
@Suite struct SharedPartsTests {
    private let store = TestStore()

    private static let shared = PickleValue.list([0])
    private static let text = PickleValue.str(String(repeating: "x", count: 100_000))

    /// The numbers of a list's items: those of one and the same are equal.
    private func places(_ reply: Reply) throws -> [NodeID] { try items(reply).map(\.id) }

    private func items(_ reply: Reply) throws -> [PickleValue] {
        try #require(reply.value?.items, "no list: \(reply)")
    }

    // MARK: Lists

    @Test func itemsOfAList() throws {
        let list = store.make("list", .list([Self.shared, 1, Self.shared, [0]]))
        let copy = list("copy")
        #expect(copy == .returns([[0], 1, [0], [0]]))
        let places = try places(copy)
        #expect(places[0] == places[2])
        #expect(places[0] != places[3])
        #expect(list("__getitem__", 2) == .returns([0]))
        #expect(list("count", [0]) == .returns(3))
        #expect(list("pop", 0) == .returns([0]))
        #expect(list("copy") == .returns([1, [0], [0]]))
    }

    @Test func whateverPutsThemThere() throws {
        let both = PickleValue.list([Self.shared, Self.shared])
        for method in ["extend", "__setitem__", "__add__"] {
            let list = store.make("list")
            let reply =
                method == "__setitem__" ? list(method, .slice(0, 0), both) : list(method, both)
            let places = try places(method == "__add__" ? reply : list("copy"))
            #expect(places.count == 2)
            #expect(Set(places).count == 1, "\(method)")
        }
        let list = store.make("list", both)
        #expect(Set(try places(list("__mul__", 3))).count == 1)
        #expect(Set(try places(list("__imul__", 3))).count == 1)
        let other = store.make("list")
        other("extend", list.proxy)
        #expect(Set(try places(other("copy"))).count == 1)
    }

    /// `type(None)` is the same everywhere, an exception is not.
    @Test(arguments: [("type", true), ("ValueError", false)])
    func constantsJoinNothing(name: String, isConstant: Bool) throws {
        let made = PickleValue.reduce(.global(module: "builtins", name: name), [.none])
        let first = [0x5D] + PickledValue(made).body + [0x71, 0, 0x61] as [UInt8]
        let body = [0x5D, 0x28] + first + [0x5D, 0x68, 0, 0x61, 0x65]
        let list = store.make("list", try PickleValue(body: body))
        let items = try #require(store.object(list)?.contents)
        #expect(items.count == 2)
        #expect(items.allSatisfy { ($0.part == nil) == isConstant })
    }

    /// `a = [b]; b = [a]`, and `t = ([t],)`, which must be written in another way.
    @Test(
        arguments: [
            [
                0x80, 4, 0x5D, 0x28, 0x5D, 0x71, 0, 0x5D, 0x71, 1, 0x68, 0, 0x61, 0x61, 0x68, 1,
                0x65,
                0x2E,
            ],
            [
                0x80, 4, 0x5D, 0x28, 0x5D, 0x71, 0, 0x68, 0, 0x85, 0x71, 1, 0x61, 0x68, 1, 0x65,
                0x2E,
            ],
        ] as [[UInt8]])
    func circles(pickle: [UInt8]) throws {
        let list = store.make("list", try PickleValue(pickle: pickle))
        let items = try items(list("copy"))
        #expect(items.count == 2)
        for (item, other) in [(items[0], items[1]), (items[1], items[0])] {
            switch item.kind {
            case .list(let inner), .tuple(let inner): #expect(inner.map(\.id) == [other.id])
            default: Issue.record("\(item)")
            }
        }
    }

    /// Bodies and parts of several graphs side by side, each with references inside.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func anything(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var pool: [PickleValue] = [[1], ["k": "long enough to be put"], .tuple([[2]]), .set([3])]
        for _ in 0..<Int.random(in: 1..<12, using: &random) {
            let parts = (0..<3).compactMap { _ in pool.randomElement(using: &random) }
            let next: PickleValue =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: .list(parts)
                case 1: .tuple(parts)
                case 2: ["a": parts[0], "b": parts[1]]
                default: .newObject(.global(module: "m", name: "C"), [], state: ["x": parts[0]])
                }
            pool.append(next)
        }
        let values = (0..<20).compactMap { _ in pool.randomElement(using: &random) }
        let list = store.make("list", .list(values))
        let copied = try items(list("copy"))
        #expect(copied == values)
        // One and the same where they were, and nowhere else.
        let sent = try PickleValue(pickle: PickleValue.list(values).pickled())
        guard case .list(let originals) = sent.kind else { return }
        for left in originals.indices {
            for right in originals.indices {
                let wereOne = originals[left].id == originals[right].id
                #expect((copied[left].id == copied[right].id) == wereOne)
            }
            #expect(list("__getitem__", .int(left)) == .returns(values[left]))
        }
        for _ in values { list("pop", 0) }
        list.decref()
        #expect(store.heldBytes == 0)
    }

    // MARK: Dicts

    @Test func valuesOfADict() throws {
        let entries: PickleValue = ["a": Self.shared, "b": 1, "c": Self.shared, "d": ["e", "e"]]
        let dict = store.make("dict", entries)
        #expect(dict("copy") == .returns(entries))
        let places = try places(dict("values"))
        #expect(places[0] == places[2])
        let pairs = try items(dict("items"))
        guard case .tuple(let first) = pairs[0].kind, case .tuple(let third) = pairs[2].kind else {
            Issue.record("no pairs")
            return
        }
        #expect(first[1].id == third[1].id)
        #expect(dict("__getitem__", "a") == .returns([0]))
        #expect(dict("get", "c") == .returns([0]))
        dict("__setitem__", "a", "another")
        #expect(dict("pop", "c") == .returns([0]))
        #expect(dict("popitem") == .returns(.tuple(["d", ["e", "e"]])))
        #expect(dict("copy") == .returns(["a": "another", "b": 1]))
        dict("update", ["b": Self.shared, "x": Self.shared])
        #expect(dict("copy") == .returns(["a": "another", "b": [0], "x": [0]]))
        dict.decref()
        #expect(store.heldBytes == 0)
    }

    // MARK: Memory

    /// `[(0, config), (1, config), …]`
    private func jobs(_ count: Int) throws -> PickleValue {
        let config = [0x5D, 0x71, 0] + PickledValue(Self.text).body + [0x61]
        let rest = (1..<count).map { PickledValue.int($0).body + [0x68, 0, 0x86] }
        let first = PickledValue.int(0).body + config + [0x86]
        return try PickleValue(body: [0x5D, 0x28] + first + rest.joined() + [0x65])
    }

    @Test func aGraphIsCountedOnceAndAsLongAsItIsThere() throws {
        let list = store.make("list", try jobs(1000))
        #expect(store.heldBytes < 500_000)
        let reply = list("copy")
        #expect(reply == .returns(try jobs(1000)))
        for _ in 0..<998 { list("pop") }
        #expect(list("copy") == .returns(try jobs(2)))
        #expect(store.heldBytes > 100_000)
        list("pop")
        #expect(store.heldBytes > 100_000)
        list("clear")
        #expect(store.heldBytes < 50_000)
        list.decref()
        #expect(store.heldBytes == 0)
    }

    /// Each stands in two places of one object, and in two objects.
    @Test func partsThatAreThereTwice() throws {
        let list = store.make("list", try jobs(100))
        list("__imul__", 2)
        let other = store.make("list")
        other("extend", list.proxy)
        list.decref()
        #expect(store.heldBytes > 100_000)
        #expect(other("__getitem__", 199) == .returns(.tuple([99, [Self.text]])))
        other.decref()
        // What the proxy stood for was held by the other until then.
        for _ in 0..<3 { store.advance(seconds: 61) }
        #expect(store.heldBytes == 0)
    }

    /// What stands beside them goes when it is removed.
    @Test func whatIsNoPartIsNotKeptWithThem() {
        let list = store.make("list", .list([Self.shared, Self.shared, Self.text]))
        list("pop")
        #expect(store.heldBytes < 10_000)
        #expect(list("copy") == .returns([[0], [0]]))
    }

    /// A thousand items with one text of 1 MB, which is compared a few hundred times at the most.
    @Test func comparisonsOfPartsAreBounded() throws {
        let text = PickleValue.bytes([UInt8](repeating: 1, count: 1 << 20))
        let first = [0x5D, 0x28] + PickledValue(text).body + [0x71, 0, 0x85]
        let rest = [UInt8](repeating: 0, count: 4999).flatMap { _ in [0x68, 0, 0x85] as [UInt8] }
        let list = store.make("list", try PickleValue(body: first + rest + [0x65]))
        #expect(list("__len__") == .returns(5000))
        #expect(list("index", .tuple([text])) == .returns(0))
        #expect(list("count", .tuple([1])) == .returns(0))
        guard case .raises("ValueError", _) = list("count", .tuple([text])) else {
            Issue.record("all of it was compared")
            return
        }
    }

    /// `[(0, 0, 0, 0, 0, 0, 0, number, config), …]`: each comparison takes nine pairs, all together
    /// more than a call may take.
    @Test func manyItemsThatShareSomethingAreSorted() throws {
        let count = 10_000
        let zeros = [UInt8](repeating: 0, count: 7).flatMap { [0x4B, $0] as [UInt8] }
        var body: [UInt8] = [0x5D, 0x28]
        for place in 0..<count {
            let number = place * 7919 % count
            body += [0x28] + zeros + [0x4D, UInt8(number & 0xFF), UInt8(number >> 8)]
            body += place == 0 ? PickledValue(.list([Self.text])).body + [0x71, 0] : [0x68, 0]
            body.append(0x74)
        }
        let list = store.make("list", try PickleValue(body: body + [0x65]))
        #expect(list("sort") == .returns(.none))
        for place in [0, 1, count / 2, count - 1] {
            #expect(list("__getitem__", .int(place)).value?.items?[7] == .int(place))
        }
    }

    /// `[[config, 'xxx…', 0], [config, 'xxx…', 1], …]`
    @Test func whatOnlyGoneItemsNeededGoes() throws {
        let list = store.make("list")
        let before = store.heldBytes
        let text = PickledValue(Self.text).body
        var body: [UInt8] = [0x5D, 0x28]
        for number in 0..<100 as Range<UInt8> {
            let config = number == 0 ? PickledValue(Self.shared).body + [0x71, 0] : [0x68, 0]
            body += [0x5D, 0x28] + config + text + [0x4B, number, 0x65]
        }
        #expect(list("extend", try PickleValue(body: body + [0x65])) == .returns(.none))
        let each = (store.heldBytes - before) / 100
        #expect(each > 100_000)
        for _ in 0..<98 { #expect(list("pop", 1).value != nil) }
        #expect(store.heldBytes - before < 5 * each)
        let last = try items(list("copy"))
        #expect(last.map { $0.items?.last } == [0, 99])
        #expect(Set(last.compactMap { $0.items?.first?.id }).count == 1)
        list.decref()
        #expect(store.heldBytes == 0)
    }

    @Test func whatHasNoRoomCountsNothing() {
        let store = TestStore { $0.objectBytes = 50_000 }
        let config = PickleValue.list([Self.text])
        for _ in 0..<3 {
            let reply = store.verb("create", "list", .list([config, config]))
            #expect(
                reply == .traceback("MemoryError: over the limit: 50000 bytes an object"))
        }
        #expect(store.heldBytes == 0)
    }
}

extension PickleValue {
    /// The items of a list or tuple.
    fileprivate var items: [PickleValue]? {
        switch kind {
        case .list(let items), .tuple(let items): Array(items)
        default: nil
        }
    }
}

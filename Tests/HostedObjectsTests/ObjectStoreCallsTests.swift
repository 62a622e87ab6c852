import Pickle
import Testing

@testable import HostedObjects

/// Calls of methods, and of what is none.
@Suite struct ObjectStoreCallsTests {
    private let store = TestStore()

    private func send(_ parts: PickleValue...) -> Reply {
        store.client().send(.tuple(parts))
    }

    @Test func anUnknownIdentIsAKeyError() {
        guard case .traceback(let text) = store.client().send("0123", "append", [1]) else {
            Issue.record("it was found")
            return
        }
        #expect(text.hasPrefix("KeyError: '0123'"))
        #expect(store.reception == .replied)
        #expect(send(5, "append", .tuple([]), .dict([])) == .traceback("KeyError: 5"))
    }

    @Test func whatIsNotExposedIsNotCalled() {
        let list = store.make("list")
        for name in ["resize", "__iter__", "__class__", "__reduce__", "nope", ""] {
            #expect(list.client.send(list.ident, name) == .traceback("KeyError: '\(name)'"))
        }
    }

    @Test func strReprAndValueWorkForEveryObject() {
        let list = store.make("list", [1])
        #expect(list("__str__") == .returns("[1]"))
        #expect(list("__repr__") == .returns("[1]"))
        #expect(list("#GETVALUE") == .returns([1]))
        #expect(
            list("__repr__", 1)
                == .traceback(
                    "TypeError: Server.fallback_repr() takes 4 positional arguments "
                        + "but 5 were given"))
        #expect(
            list("__str__", named: ["x": 1])
                == .traceback(
                    "TypeError: Server.fallback_str() got an unexpected keyword argument 'x'"))
    }

    @Test func aMethodIsNamedByAStr() {
        let dict = store.make("dict")
        let ident = PickleValue.str(dict.ident)
        #expect(send(ident, 5, .tuple([]), .dict([])) == .traceback("KeyError: 5"))
        guard case .traceback(let text) = send(ident, .none, .tuple([]), .dict([])) else {
            Issue.record("None was called")
            return
        }
        #expect(text.hasPrefix("AttributeError: method None of <class 'dict'> object is not in"))
    }

    @Test func argumentsMayBeAnyIterableAndKeywordsAnyMapping() {
        let dict = store.make("dict", ["a": 1])
        let ident = PickleValue.str(dict.ident)
        #expect(send(ident, "get", ["a"], .dict([])) == .returns(1))
        #expect(send(ident, "get", "a", .dict([])) == .returns(1))
        #expect(send(ident, "get", ["a": 5], .dict([])) == .returns(1))
        #expect(
            send(ident, "keys", 5, .dict([]))
                == .raises("TypeError", "dict.keys() argument after * must be an iterable, not int")
        )
        #expect(
            send(ident, "get", .tuple([]), .none)
                == .raises(
                    "TypeError", "dict.get() argument after ** must be a mapping, not NoneType"))
        #expect(
            send(ident, "update", .tuple([]), [1: 1])
                == .raises("TypeError", "keywords must be strings"))
        #expect(dict.value == .returns(["a": 1]))
    }

    @Test func severalArgumentsMayReferToThemselves() {
        let space = store.make("Namespace", named: ["a": .recursiveList, "b": .recursiveList])
        #expect(space.text == .returns("Namespace(a=[1, [...]], b=[1, [...]])"))
        let dict = store.make("dict")
        dict("update", named: ["a": .recursiveList, "b": [.recursiveList]])
        #expect(dict.text == .returns("{'a': [1, [...]], 'b': [[1, [...]]]}"))
    }

    @Test func anArgumentMayBeTheMethodsName() {
        // Python interns the name, so the argument is pickled as a reference to it.
        let list = store.make("list")
        let name = PickleValue.str("append")
        #expect(send(.str(list.ident), name, .tuple([name]), .dict([])) == .none)
        #expect(list.value == .returns(["append"]))
        // ident and method in the memo, the argument a BINGET of the second.
        let ident = Array(list.ident.utf8)
        let request: [UInt8] =
            [0x80, 4, 0x28, 0x8C, 16] + ident + [0x94, 0x8C, 6] + Array("append".utf8)
            + [0x94, 0x68, 1, 0x85, 0x7D, 0x74, 0x2E]
        #expect(list.client.send(bytes: request) == .none)
        #expect(list("__len__") == .returns(2))
    }

    @Test(arguments: PickleProtocol.allCases)
    func everyProtocolIsRead(pickleProtocol: PickleProtocol) {
        let dict = store.make("dict")
        let value: PickleValue = ["a", .bytes([1]), .set([2]), 1.5, .none, true, .power(of: 70)]
        let call = PickleValue.tuple([
            .str(dict.ident), "__setitem__", .tuple(["key", value]), .dict([]),
        ])
        #expect(dict.client.send(bytes: call.pickled(protocol: pickleProtocol)) == .none)
        #expect(dict("__getitem__", "key") == .returns(value))
    }

    @Test func aPickleOfProtocol0IsRead() {
        let list = store.make("list")
        let text = "(V\(list.ident)\np0\nVappend\np1\n(I5\ntp2\n(dp3\ntp4\n."
        #expect(list.client.send(bytes: Array(text.utf8)) == .none)
        #expect(list.value == .returns([5]))
    }

    @Test(
        arguments: [[], [0x80], [0x2E], [0x80, 4, 0x4E, 0x2E], Array("garbage".utf8)] as [[UInt8]])
    func garbageGetsAnAnswerAndTheConnectionLivesOn(bytes: [UInt8]) {
        let list = store.make("list")
        let reply = list.client.send(bytes: bytes)
        if bytes.isEmpty {
            #expect(reply == .hangUp)
        } else {
            guard case .traceback = reply else {
                Issue.record("\(reply)")
                return
            }
            #expect(store.reception == .replied)
            #expect(list("append", 1) == .none)
        }
    }

    @Test func requestsInOneReadAreAnsweredInOrder() {
        let list = store.make("list")
        var session = ObjectStore(incarnation: 1)
        let id = session.connect()
        func receive(_ bytes: [UInt8]) {
            _ = bytes.withUnsafeBytes { session.receive($0, from: id, at: Instant(nanoseconds: 0)) }
        }
        receive(
            PickleValue.tuple([.none, "accept_connection", .tuple(["x"]), .dict([])]).pickled())
        session.clearReplies()
        var ends: [Int] = []
        for item in 0..<10 {
            let request = PickleValue.tuple([
                .str(list.ident), "index", .tuple([.int(item)]), .dict([]),
            ])
            receive(request.pickled())
            ends.append(session.repliesCount)
        }
        #expect(ends == ends.sorted() && Set(ends).count == 10)
    }

    @Test func aReplyAbove64KiBIsWhole() {
        let list = store.make("list")
        let text = PickleValue.str(String(repeating: "é", count: 100_000))
        list("append", text)
        #expect(list("pop") == .returns(text))
    }

    @Test func aStrangerSessionIsHungUpOn() {
        let client = store.client()
        client.disconnect()
        #expect(client.send(nil, "dummy") == .hangUp)
    }
}

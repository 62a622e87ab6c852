import BigInt
import Testing

@testable import Pickle

@Suite struct PickleValueTests {
    /// One and the same object is equal to itself inside of containers, also a nan; another is not.
    @Test func whatHoldsANanEqualsItselfOnly() {
        let nan = { PickleValue.float(.nan) }
        for make in [
            { .list([nan()]) }, { .tuple([nan()]) }, { .set([nan()]) }, { .frozenset([nan()]) },
            { .dict([(nan(), .int(1))]) }, { .dict([(.tuple([nan(), .int(1)]), .int(1))]) },
            { .dict([(.int(1), nan())]) },
        ] as [() -> PickleValue] {
            let value = make()
            #expect(value == value)
            #expect(value != make())
        }
    }

    // MARK: Making

    @Test func aMadeValueIsWhatItWasMadeOf() {
        let big = BigInt(7).power(100)
        guard case .bigInt(big) = PickleValue.bigInt(big).kind else {
            Issue.record("not the big int")
            return
        }
        guard case .bigInt(-big) = PickleValue.bigInt(-big).kind else {
            Issue.record("not the negative big int")
            return
        }
        guard case .int(5) = PickleValue.bigInt(5).kind else {
            Issue.record("a small big int is not an int")
            return
        }
        let value: PickleValue = ["list": [1, 2.5, nil, true], "tuple": .tuple([.bytes([1])])]
        #expect(value.repr() == "{'list': [1, 2.5, None, True], 'tuple': (b'\\x01',)}")
    }

    @Test func whatAPartSharesItGoesOnSharing() throws {
        let shared = PickleValue.list([1])
        let pair = PickleValue.tuple([shared, shared])
        #expect(pair.body().count { $0 == Opcode.emptyList.rawValue } == 1)
        let ring = try PickleValue(pickle: Array("]q\0h\0a.".utf8))
        let wrapped = PickleValue.tuple([ring, .dict([(key: .str("k"), value: ring)])])
        #expect(wrapped.repr() == "([[...]], {'k': [[...]]})")
        #expect(try PickleValue(body: wrapped.body()) == wrapped)
    }

    @Test func aBodyHasNoMemoWhereNothingIsShared() {
        let value: PickleValue = ["key": ["a", "longer text", .tuple([1, 2, 3, 4])]]
        #expect(!value.body().contains(Opcode.binPut.rawValue))
        #expect(PickleValue.int(1).body() == [Opcode.binInt1.rawValue, 1])
        #expect(PickleValue.str("a").body() == [Opcode.shortBinUnicode.rawValue, 1, 0x61])
    }

    @Test func oneHugeContainerIsWrittenAndRead() throws {
        let many = PickleValue.list((0..<50_000).map { .int($0) })
        #expect(try PickleValue(pickle: many.pickled()) == many)
        let wide = PickleValue.dict((0..<5000).map { (.int($0), .list([.int($0)])) })
        #expect(try PickleValue(pickle: wide.pickled(protocol: .two)) == wide)
    }

    // MARK: Equality

    @Test func equalityIsPythons() {
        #expect(PickleValue.int(1) == true)
        #expect(PickleValue.int(1) == 1.0)
        #expect(PickleValue.int(1) == .complex(real: 1, imaginary: 0))
        #expect(PickleValue.bigInt(BigInt(1) << 70) == .float(0x1p70))
        #expect(PickleValue.bigInt(BigInt(1) << 70 + 1) != .float(0x1p70))
        #expect(PickleValue.str("a") != .bytes([0x61]))
        #expect(PickleValue.bytes([0x61]) == .byteArray([0x61]))
        #expect(PickleValue.list([1]) != .tuple([1]))
        #expect(PickleValue.dict([(1, 2), ("a", 3)]) == .dict([("a", 3), (1.0, 2)]))
        #expect(PickleValue.dict([(1, 2)]) != .dict([(1, 3)]))
        #expect(PickleValue.set([1, 2]) == .frozenset([2.0, true]))
        #expect(PickleValue.float(.nan) != .float(.nan))
        #expect(PickleValue.str("e\u{301}") != .str("é"))
        #expect(PickleValue.none != false)
        #expect(PickleValue.exception("KeyError", ["a"]) == .exception("KeyError", ["a"]))
        #expect(PickleValue.exception("KeyError", ["a"]) != .exception("KeyError", ["b"]))
    }

    @Test func aContainerEqualsItselfEvenWithNanInside() {
        let value = PickleValue.list([.float(.nan)])
        #expect(value == value)
        #expect(value != .list([.float(.nan)]))
    }

    @Test func equalValuesHashAlike() {
        let same: [[PickleValue]] = [
            [1, 1.0, true, .complex(real: 1, imaginary: 0)],
            [.bigInt(BigInt(1) << 70), .float(0x1p70)], [.bytes([1]), .byteArray([1])],
            [.set([1, 2]), .frozenset([2, 1])], [.tuple([1, "a"]), .tuple([1.0, "a"])],
            [0, -0.0, false], [.dict([(1, 2), (3, 4)]), .dict([(3, 4), (1, 2)])],
        ]
        for group in same {
            #expect(Set(group).count == 1, "\(group)")
            #expect(Set(group.map(\.hashValue)).count == 1, "\(group)")
        }
    }

    // MARK: Views

    /// A small pickle may name one token ever so often, and that may be long.
    @Test func eachIdentIsNamedOnceAndLongOnesAreNone() throws {
        func proxy(_ typeID: Int, _ ident: Int) -> PickleValue {
            let token = ManagerToken(
                typeID: String(repeating: "a", count: typeID), address: .none,
                id: String(repeating: "1", count: ident))
            return .proxy(ProxyReference(name: "ListProxy", token: token))
        }
        let many = PickleValue.list(Array(repeating: proxy(4, 16), count: 1000))
        #expect(many.proxiedIdents == ["1111111111111111"])
        #expect(proxy(4096, 4096).proxyReference != nil)
        for long in [proxy(4097, 16), proxy(4, 4097)] {
            #expect(long.proxyReference == nil)
            #expect(long.proxiedIdents.isEmpty)
        }
    }

    @Test func tokensAndProxiesComeBackAsWhatTheyAre() throws {
        let token = ManagerToken(
            typeID: "Queue", address: .tuple(["127.0.0.1", 5000]), id: "7f12")
        let proxy = ProxyReference(name: "AutoProxy", token: token, exposed: ["get", "put"])
        let value = PickleValue.list([.proxy(proxy), .token(token), 5])
        for pickleProtocol in PickleProtocol.allCases {
            let again = try PickleValue(pickle: value.pickled(protocol: pickleProtocol))
            #expect(again.proxiedIdents == [proxy.token.id])
            guard case .list(let items) = again.kind else { continue }
            #expect(items[1].token == token)
            #expect(items[0].token == nil)
            #expect(items[1].proxyReference == nil)
        }
        #expect(
            PickleValue.token(token).repr()
                == "Token(typeid='Queue', address=('127.0.0.1', 5000), id='7f12')")
    }

    @Test func exceptionsShowTheirClassAndArguments() {
        let error = PickleValue.exception(module: "queue", "Full")
        #expect(error.exception == PickleException(module: "queue", name: "Full"))
        #expect(error.repr() == "Full()")
        #expect(PickleValue.exception("KeyError", ["x"]).str() == "'x'")
        #expect(PickleValue.exception("ValueError", ["x"]).str() == "x")
        #expect(PickleValue.exception("ValueError", ["x", 1]).str() == "('x', 1)")
        #expect(PickleValue.exception("ValueError").str() == "")
        #expect(PickleValue.exception("OSError", [2, "No"]).str() == "[Errno 2] No")
        let missing = PickleValue.exception("FileNotFoundError", [2, "No file", "/a"])
        #expect(missing.str() == "[Errno 2] No file: '/a'")
        let both = PickleValue.exception("OSError", [18, "No link", "/a", .none, "/b"])
        #expect(both.str() == "[Errno 18] No link: '/a' -> '/b'")
        #expect(PickleValue.int(5).exception == nil)
    }

    @Test func aKeyErrorIsPickledAsCPythonDoes() {
        let text = "\u{8C}\u{8}builtins\u{8C}\u{8}KeyError\u{93}\u{8C}\u{1}x\u{85}R"
        let expected = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        #expect(PickleValue.exception("KeyError", ["x"]).body() == expected)
    }

    // MARK: Keys

    @Test func keysHaveTheFormThatIsAgreedOn() throws {
        let cases: [(PickleValue, String)] = [
            ("é", "sé"), (.bytes([0x61]), "ba"), (nil, "n"), (5, "i5"), (true, "i1"), (-0.0, "i0"),
            (1e18, "i1000000000000000000"), (.float(.nan), "N"),
            (.tuple([1, "ab"]), "t\u{2}i1\u{3}sab"),
            (.frozenset(["b", 1]), "z\u{2}i1\u{2}sb"), (.tuple([]), "t"),
            (.complex(real: 2, imaginary: -0.0), "i2"),
        ]
        for (value, key) in cases {
            #expect(try String(decoding: value.key(), as: UTF8.self) == key)
        }
        #expect(try PickleValue.float(1.5).key() == [0x66, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0])
        let object = PickleValue.exception("E", [1])
        let parts = "\u{E}g\u{9}sbuiltins\u{2}sE\u{4}t\u{2}i1"
        let text = "o\0" + "\(UnicodeScalar(UInt8(parts.utf8.count)))" + parts + "\0\0\0\0"
        #expect(try String(decoding: object.key(), as: UTF8.self) == text)
    }

    @Test func whatCannotBeAKeyIsRefusedWithPythonsText() {
        for (value, name) in [
            (PickleValue.list([]), "list"), ([:], "dict"), (.set([1]), "set"),
            (.byteArray([]), "bytearray"), (.tuple([1, .list([])]), "list"),
        ] {
            let error = #expect(throws: PickleError.self) { try value.key() }
            #expect(error?.reason == "unhashable type: '\(name)'")
            #expect(error?.code == .unhashable)
        }
    }

    @Test func aKeyHasALimit() {
        var limits = PickleLimits()
        limits.keyLength = 10
        let error = #expect(throws: PickleError.self) {
            try PickleValue.str("longer than ten").key(limits: limits)
        }
        #expect(error?.code == .limitExceeded)
    }

    // MARK: Text

    @Test func aReprIsCutAtItsLimit() {
        let value = PickleValue.list((0..<1000).map { .int($0) })
        #expect(value.repr(limit: 10) == "[0, 1, 2, ...")
        #expect(PickleValue.str("abcdefgh").repr(limit: 4).utf8.count < 12)
        #expect(value.description.hasSuffix("..."))
    }

    @Test func anIntOfTooManyDigitsIsWrittenInHexadecimal() {
        let large = BigInt(10).power(4299)
        #expect(PickleValue.bigInt(large).repr().utf8.count == 4300)
        #expect(PickleValue.bigInt(large * 10).repr().hasPrefix("0x"))
    }

    @Test func anInstanceNobodyKnowsIsNamedByItsClass() {
        let object = PickleValue.newObject(.global(module: "shop", name: "Cart.Item"))
        #expect(object.repr() == "<shop.Cart.Item object>")
        #expect(object.typeName == "Item")
        #expect(PickleValue.global(module: "shop", name: "Cart").repr() == "<shop.Cart>")
    }

    @Test func aStringMayHoldLoneSurrogatesAndNothingElseThatIsNotUTF8() throws {
        let surrogate = try PickleString(utf8: [0xED, 0xA0, 0x80])
        #expect(surrogate.string == nil)
        #expect(surrogate.lossyString == "\u{FFFD}")
        #expect(PickleValue.str(surrogate).repr() == "'\\ud800'")
        let last: PickleString = "\u{FFFF}"
        #expect(last < PickleString("\u{10000}"))
        #expect(PickleString("e\u{301}") != PickleString("é"))
        for bad: [UInt8] in [
            [0x80], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xC3],
            [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80], [0xE2, 0x28, 0xA1],
        ] {
            #expect(throws: PickleError.self) { try PickleString(utf8: bad) }
        }
    }
}

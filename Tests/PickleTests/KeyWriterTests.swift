import Testing

@testable import Pickle

/// Keys of instances: what is equal has the same, however its pickle came to be.
@Suite struct KeyWriterTests {
    /// `Edge('north', 'north', ('north',))` of a frozen dataclass, by CPython.
    private enum Edge {
        /// At protocol 4, its texts being one and the same.
        static let shared =
            "80048c06736861706573948c04456467659493942981947d94288c057374617274"
            + "948c056e6f727468948c03656e649468068c0474616773946806859475622e"
        /// At protocol 2, its texts being three that are equal.
        static let apart =
            "8002637368617065730a456467650a7100298171017d71022858050000007374617274710358050000"
            + "006e6f72746871045803000000656e64710558050000006e6f72746871065804000000746167737107"
            + "58050000006e6f727468710885710975622e"
    }

    @Test func aKeyTellsNothingOfWhatIsShared() throws {
        let shared = try PickleValue(pickle: bytes(Edge.shared))
        let apart = try PickleValue(pickle: bytes(Edge.apart))
        #expect(shared.body() != apart.body())
        #expect(shared == apart)
        #expect(try shared.key() == apart.key())
        #expect(PickleValue.dict([(shared, .int(1))]) == .dict([(apart, .int(1))]))
        #expect(PickleValue.set([shared]) == .set([apart]))
    }

    @Test func anotherPartIsAnotherKey() throws {
        let edge = try PickleValue(pickle: bytes(Edge.apart))
        // The last text is `south`.
        let other = try PickleValue(
            pickle: bytes(Edge.apart.replacingLast("6e6f727468", with: "736f757468")))
        #expect(try edge.key() != other.key())
        #expect(edge != other)
    }

    @Test func theOrderOfAttributesIsNoMatter() throws {
        // `m.P`, whose state is {'a': 1, 'b': 2}, and in the other order.
        let start = "8002636d0a500a29817d28"
        let (a, b) = ("5801000000614b01", "5801000000624b02")
        let one = try PickleValue(pickle: bytes(start + a + b + "75622e"))
        let other = try PickleValue(pickle: bytes(start + b + a + "75622e"))
        #expect(one == other)
        #expect(try one.key() == other.key())
    }

    /// An instance of `m.N` whose state is a list that has the instance in it, and what of its
    /// parts cannot be a key by itself.
    @Test func aKeyMayBeInTheMidstOfItself() throws {
        let ring = "8002636d0a4e0a298171005d28680068005d7d8f65622e"
        let key = try PickleValue(pickle: bytes(ring)).key()
        #expect(try PickleValue(pickle: bytes(ring)).key() == key)
        #expect(
            String(decoding: key, as: UTF8.self).contains("l\u{2}r2\u{2}r2\u{1}l\u{1}d\u{1}z"))
        // Once in the list instead of twice.
        let shorter = "8002636d0a4e0a298171005d2868005d7d8f65622e"
        #expect(try PickleValue(pickle: bytes(shorter)).key() != key)
    }

    /// `(A, p, None, …)`: A = (n,), n.state = [n], p.state = [A], where A in p is the same tuple
    /// or an equal one; and where p.state = [(q,)], q.state = [p].
    @Test func aPartThatIsSharedWithOneOutsideIsThePartItIs() throws {
        let (node, end) = ("636d0a4e0a2981", String(repeating: "4e", count: 20) + "742e")
        let start = "800228" + node + "71005d68006162857101"
        let shared = try PickleValue(pickle: bytes(start + node + "5d68016162" + end))
        let apart = try PickleValue(pickle: bytes(start + node + "5d6800856162" + end))
        #expect(shared == apart)
        #expect(try shared.key() == apart.key())
        let other = try PickleValue(
            pickle: bytes(start + node + "71025d" + node + "5d6802616285" + "6162" + end))
        #expect(shared != other)
        #expect(try shared.key() != other.key())
    }

    /// `n.state = {o}`, `o.state = [o]`; the same with a frozenset; and `n.state = {p}`,
    /// `p.state = L`, `L = [L]`.
    @Test func aSetIsALevelOfAKeyAsAFrozensetIs() throws {
        let node = "636d0a4e0a2981"
        let set = try PickleValue(
            pickle: bytes("8004" + node + "8f28" + node + "71005d68006162" + "90622e"))
        let frozen = try PickleValue(
            pickle: bytes("8004" + node + "28" + node + "71005d68006162" + "91622e"))
        let other = try PickleValue(
            pickle: bytes("8004" + node + "28" + node + "5d710068006162" + "91622e"))
        #expect(set == frozen)
        #expect(try set.key() == frozen.key())
        #expect(set != other)
        #expect(try set.key() != other.key())
    }

    /// An instance in an attribute of another, and so on.
    private func nested(_ levels: Int) throws -> PickleValue {
        let opening = String(repeating: "636d0a4e0a29817d8c016e", count: levels)
        let closing = String(repeating: "7362", count: levels)
        return try PickleValue(pickle: bytes("8004" + opening + "4e" + closing + "2e"))
    }

    @Test func whatIsTooDeepIsAKeyAsItIsWritten() throws {
        #expect(try nested(49).key().first == UInt8(ascii: "o"))
        for levels in [51, 5000] {
            let key = try nested(levels).key()
            #expect(try key == [UInt8(ascii: "O")] + nested(levels).body())
        }
        #expect(try nested(51).key() != nested(52).key())
    }

    /// Lists that all refer to the instance around them, each with eight times the one before.
    @Test func whatRepeatsItsPartsTooOftenIsAKeyAsItIsWritten() throws {
        let start = "8002" + "636d0a4e0a2981" + "7100285d680061" + "7101"
        let list = (1...6).map { level in
            let before = String(repeating: "68" + hexadecimal([UInt8(level)]), count: 8)
            return "28" + before + "6c71" + hexadecimal([UInt8(level + 1)])
        }
        let bomb = try PickleValue(pickle: bytes(start + list.joined() + "6c622e"))
        #expect(throws: Never.self) { try bomb.key() }
        #expect(try bomb.key().count < 1000)
    }

    /// 100,000 times a text of 4,000 bytes: the comparison is given up before it has them all.
    @Test func aKeyIsPaidForBeforeItIsThere() throws {
        let part = "58a00f0000" + String(repeating: "78", count: 4000) + "857100"
        let key = "28" + part + String(repeating: "6800", count: 100_000) + "74"
        let (one, two) = ("80027d" + key + "4b01732e", "80027d" + key + "4b02732e")
        #expect(try PickleValue(pickle: bytes(one)) != PickleValue(pickle: bytes(two)))
    }

    @Test func aClassIsAKey() throws {
        // `m.m`: by a line, by two texts, by one that is used twice.
        let forms = ["8002636d0a6d0a2e", "80048c016d8c016d932e", "80048c016d94680093" + "2e"]
        let keys = try forms.map { try PickleValue(pickle: bytes($0)).key() }
        #expect(Set(keys).count == 1)
        #expect(String(decoding: keys[0], as: UTF8.self) == "g\u{2}sm\u{2}sm")
    }
}

extension String {
    fileprivate func replacingLast(_ old: String, with new: String) -> String {
        guard let range = ranges(of: old).last else { return self }
        return String(self[..<range.lowerBound] + new + self[range.upperBound...])
    }
}

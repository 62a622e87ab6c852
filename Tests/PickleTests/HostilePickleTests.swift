import BigInt
import Testing

@testable import Pickle

/// Small pickles that try to become large, slow or deep. A test that hangs or crashes has failed.
@Suite struct HostilePickleTests {
    /// The bytes of code points up to U+00FF.
    private func bytes(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private func times(_ count: Int, _ text: String) -> [UInt8] {
        Array([[UInt8]](repeating: bytes(text), count: count).joined())
    }

    @Test func aMemoNumberCostsNothingForBeingLarge() throws {
        let binary = "Nr\u{FF}\u{FF}\u{FF}\u{FF}j\u{FF}\u{FF}\u{FF}\u{FF}\u{86}."
        #expect(try PickleValue(pickle: bytes(binary)) == .tuple([.none, .none]))
        let text = "Np9223372036854775807\ng9223372036854775807\n\u{85}."
        #expect(try PickleValue(pickle: bytes(text)) == .tuple([.none]))
    }

    @Test func aLengthThatIsOnlyPromisedIsNotAllocated() {
        for opcode: Opcode in [.binUnicode8, .binBytes8, .byteArray8, .frame] {
            let promise = [opcode.rawValue] + times(7, "\u{FF}") + bytes("?N")
            #expect(throws: PickleError.self) { try PickleValue(pickle: promise) }
        }
    }

    @Test func hugeIntsCompareByTheirBytes() throws {
        func int(_ top: UInt8, _ rest: UInt8, _ count: Int) throws -> PickleValue {
            let bytes = [UInt8](repeating: rest, count: count - 1) + [top]
            let length = (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
            return try PickleValue(pickle: [0x8B] + length + bytes + [0x2E])
        }
        let ascending: [PickleValue] = [
            try int(0x80, 0, 1 << 16), try int(0x80, 1, 1 << 16), try int(0xFE, 0, 1 << 16),
            try int(0x80, 0, 200), .float(-.greatestFiniteMagnitude), try int(0x80, 0, 9),
            .int(.min), .int(0), .float(0.5), .int(.max), try int(1, 0, 9), try int(1, 1, 9),
            .float(.greatestFiniteMagnitude), try int(1, 0, 200), try int(0x7F, 0, 200),
            try int(1, 0, 1 << 16), try int(1, 1, 1 << 16), .float(.infinity),
        ]
        for (place, left) in ascending.enumerated() {
            for (other, right) in ascending.enumerated() {
                #expect(try left.isLess(than: right) == (place < other), "\(place) < \(other)")
                #expect((left == right) == (place == other))
                #expect(try (left.key() == right.key()) == (place == other))
            }
        }
    }

    @Test func aFloatIsTheSameKeyAsTheIntOfItsValue() throws {
        for exponent in [0, 52, 62, 63, 64, 100, 1023] {
            for sign in [1, -1] {
                let float = PickleValue.float(
                    Double(sign) * Double(sign: .plus, exponent: exponent, significand: 1))
                let int = PickleValue.bigInt(BigInt(sign) << exponent)
                #expect(try float.key() == int.key())
            }
        }
    }

    @Test func limitsAreKept() {
        var limits = PickleLimits()
        limits.depth = 10
        limits.memoEntries = 10
        limits.nodes = 10
        limits.integerDigits = 10
        limits.bytes = 100
        let cases = [
            times(11, "("), times(1, "N") + times(11, "\u{94}"), times(11, "]"),
            bytes("L12345678901234567890L\n."), times(101, "N"),
        ]
        for pickle in cases {
            let error = #expect(throws: PickleError.self) {
                try PickleValue(pickle: pickle, limits: limits)
            }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test func aVeryDeepValueTakesNoStack() throws {
        let depth = 30_000
        handle(try PickleValue(pickle: times(depth, "]") + times(depth - 1, "a") + bytes(".")))
        let tuple = bytes(")") + times(depth, "\u{85}") + bytes(".")
        handle(try PickleValue(pickle: tuple))
        #expect(throws: PickleError.self) { try PickleValue(pickle: tuple).key() }
        let calls = bytes("cmod\nC\nq\0" + "0") + times(depth, "h\0") + bytes(")R")
        handle(try PickleValue(pickle: calls + times(depth - 1, "\u{85}R") + bytes(".")))
    }

    private func handle(_ value: PickleValue) {
        let again = try? PickleValue(body: value.body())
        #expect(again == value)
        #expect(!value.repr(limit: 100).isEmpty)
        _ = try? value.isLess(than: value)
        _ = try? PickleDecoder().decode(Nested.self, from: value)
        _ = PickleValue.list([value, value])
    }

    private struct Nested: Decodable {
        var inner: [Nested]
        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            inner = []
            while !container.isAtEnd { inner.append(try container.decode(Nested.self)) }
        }
    }

    /// `x = (x, x)`, again and again: 60 levels are 2^60 values as a tree.
    private func bomb(
        _ level: String, start: [UInt8] = [0x29], levels: Int = 60
    ) throws -> PickleValue {
        try PickleValue(pickle: start + times(levels, level) + bytes("."))
    }

    @Test func aTupleThatSharesItselfIsAsSmallAsItsPickle() throws {
        let bomb = try bomb("2\u{86}")
        let other = try self.bomb("2\u{86}", start: [0x4B, 1, 0x85])
        #expect(bomb.body().count < 600)
        #expect(try PickleValue(body: bomb.body()) == bomb)
        #expect(bomb != other)
        #expect(bomb.repr(limit: 1000).utf8.count < 2000)
        #expect(throws: PickleError.self) { try bomb.key() }
        #expect(try bomb.isLess(than: bomb) == false)
        var decoder = PickleDecoder()
        decoder.limits.nodes = 10_000
        #expect(throws: (any Error).self) { try decoder.decode(Nested.self, from: bomb) }
    }

    @Test func aKeyGrowsWithItsPickle() throws {
        // 64 times the pickle and its nodes, or 4 KiB.
        #expect(try bomb("2\u{86}", levels: 8).key().count < 4096)
        #expect(throws: PickleError.self) { try bomb("2\u{86}", levels: 17).key() }
        let text = times(1000, "x")
        let tuple = bytes("(X") + [0xE8, 3, 0, 0] + text + bytes("q\0") + times(40, "h\0")
        #expect(try PickleValue(pickle: tuple + bytes("t.")).key().count > 41_000)
    }

    @Test func aPartOfAKeyThatOccursAgainHasTheSameKey() throws {
        let shared = try PickleValue(pickle: bytes("K\u{1}K\u{2}\u{86}2\u{86}K\u{5}\u{86}."))
        let pair = PickleValue.tuple([1, 2])
        let plain = PickleValue.tuple([.tuple([pair, pair]), 5])
        #expect(try shared.key() == plain.key())
        let sets = bytes("(K\u{1}\u{91}q\0(h\0K\u{5}\u{91}h\0\u{86}.")
        let inner = PickleValue.frozenset([1])
        #expect(
            try PickleValue(pickle: sets).key()
                == PickleValue.tuple([.frozenset([inner, 5]), inner]).key())
    }

    @Test func aTextIsCutWhereTooManyOfItsPartsAreRepeated() throws {
        let bomb = try bomb("2\u{86}")
        var revisits = 1000
        let text = bomb.repr(limit: .max, revisits: &revisits)
        #expect(text.hasSuffix("..."))
        #expect(revisits == 0)
        #expect(text.utf8.count < 10_000)
        let plain: PickleValue = [[1, 2], ["a": .tuple([3])], "x"]
        #expect(plain.repr(limit: .max, revisits: &revisits) == "[[1, 2], {'a': (3,)}, 'x']")
    }

    @Test func aListThatSharesItselfIsAsSmallAsItsPickle() throws {
        let bomb = try bomb("q\0" + "0](h\0h\0e", start: bytes("]"))
        #expect(bomb.body().count < 600)
        #expect(try PickleValue(body: bomb.body()) == bomb)
    }

    @Test func oneLongTextManyTimesCostsNoMoreThanItsPickle() throws {
        let text = times(5000, "x")
        let start = bytes("X") + [0x88, 0x13, 0, 0] + text + bytes("q\0" + "0](")
        let value = try PickleValue(pickle: start + times(10_000, "h\0") + bytes("e."))
        let other = try PickleValue(body: value.body())
        #expect(value.body().count < 80_000)
        _ = value == other
        var decoder = PickleDecoder()
        decoder.limits.nodes = 1_000_000
        #expect(throws: (any Error).self) { try decoder.decode([String].self, from: value).count }
    }

    @Test func aWellKnownCallCannotCopyItsArgumentAgainAndAgain() throws {
        let start = bytes("c__builtin__\nset\nq\0" + "0]q\u{1}(") + times(6000, "K\u{1}")
        let calls = times(20_000, "h\0h\u{1}\u{85}R")
        let value = try PickleValue(pickle: start + bytes("e0](") + calls + bytes("e."))
        #expect(value.body().count < 2_000_000)
        #expect(throws: Never.self) { try PickleValue(body: value.body()) }
    }

    @Test func oneArgumentTupleOfManyInstancesIsWrittenOnce() throws {
        let start = bytes("cm\nC\nq\0" + "0(") + times(10_000, "N") + bytes("tq\u{1}0](")
        let value = try PickleValue(pickle: start + times(10_000, "h\0h\u{1}R") + bytes("e."))
        #expect(value.body().count < 200_000)
        let other = try PickleValue(body: value.body())
        #expect(other == value)
    }

    @Test func ringsOfDifferentLengthAreCompared() throws {
        let left = try PickleValue(pickle: ring(331))
        let right = try PickleValue(pickle: ring(337))
        _ = left == right
        #expect(left == left)
        #expect(try PickleValue(body: left.body()) == left)
    }

    /// A list in a list …, the innermost of which holds the outermost.
    private func ring(_ length: Int) -> [UInt8] {
        bytes("]q\0") + times(length - 1, "]") + bytes("h\0") + times(length, "a") + bytes(".")
    }

    @Test func aCycleThroughManyTuplesIsWrittenInLinearSize() throws {
        // Tuples around a row of lists, each of which holds the outermost tuple.
        var pickle = bytes("(")
        for index in 0..<200 { pickle += bytes("]q") + [UInt8(index)] }
        pickle += bytes("t") + times(200, "\u{85}") + bytes("q") + [200]
        for index in 0..<200 {
            pickle += bytes("h") + [UInt8(index)] + bytes("h") + [200] + bytes("a0")
        }
        let value = try PickleValue(pickle: pickle + bytes("."))
        #expect(value.body().count < 20_000)
        #expect(try PickleValue(body: value.body()) == value)
        #expect(try PickleValue(pickle: value.pickled(protocol: .two)) == value)
    }
}

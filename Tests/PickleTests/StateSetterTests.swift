import ChildPrograms
import Testing

@testable import Pickle

/// Instances whose state is set by a call that is thrown away: `__reduce__` of six items.
@Suite struct StateSetterTests {
    private static let classes = """
        import pickle, sys
        def setter(value, state): value.__dict__.update(state)
        def twice(value, state): value.count = getattr(value, 'count', 0) + state['count']
        class Set:
            def __init__(self, **state): self.__dict__.update(state)
            def __reduce__(self): return object.__new__, (Set,), self.__dict__, None, None, setter
            def __eq__(self, other): return vars(self) == vars(other)
            def __hash__(self): return 1
        ring = Set(a=1)
        ring.me = ring
        knot = Set()
        knot.pair = (knot, [knot])
        inner = Set(b=2)
        values = [
            Set(a=1), [Set(a=1), Set(a=2)], {'k': Set(a=[1, 2])}, (Set(a=1), 5, 'x'),
            Set(inner=Set(deep=Set(a=1))), [inner, inner], Set(first=inner, second=inner),
            {Set(a=1): 2}, frozenset([Set(a=3)]),
        ]
        # A tuple in itself is written in another way, with all that stands beside it.
        deep = []
        deep.append((deep,))
        rings = [ring, knot, [ring, ring, knot], [deep, Set(me=0, p=1), Set(me=0, q=[deep])]]
        """

    private func run(_ python: CPython, _ lines: [String]) async throws -> [String] {
        let outcome = try await ChildProgram.run(
            [python.path, "-c", ([Self.classes] + lines).joined(separator: "\n")],
            within: .seconds(60))
        try #require(outcome.status == 0, "\(outcome)")
        return outcome.output.split(separator: "\n").map(String.init)
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).compactMap {
            UInt8(hex.dropFirst($0).prefix(2), radix: 16)
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Read, written anew in each protocol, and taken over into another value, the state is there.
    @Test(arguments: CPython.found)
    func theStateIsKept(python: CPython) async throws {
        for form in [2, 4, 5] {
            let pickles = try await run(
                python, ["for v in values + rings: print(pickle.dumps(v, \(form)).hex())"])
            var checks: [String] = []
            for (place, pickle) in pickles.enumerated() {
                let value = try PickleValue(pickle: Self.bytes(pickle))
                let wrapped = PickleValue.list([value, 1])
                for (hex, path) in [
                    (Self.hex(value.pickled(protocol: .two)), ""),
                    (Self.hex(value.pickled(protocol: .four)), ""),
                    (Self.hex(wrapped.pickled(protocol: .four)), "[0]"),
                    (Self.hex(try PickleValue(body: value.body()).pickled()), ""),
                ] {
                    checks.append("got = pickle.loads(bytes.fromhex('\(hex)'))\(path)")
                    checks.append(
                        place < 9
                            ? "assert got == values[\(place)], (got, \(place))"
                            : """
                            got = got if type(got) is list else [got]
                            if type(got[0]) is list:
                                assert (got[1].p, got[2].q[0]) == (1, got[0]), got
                                assert got[0][0][0] is got[0]
                                got = []
                            for g in got: assert vars(g).get('me', g) is g, g
                            for g in got: assert 'me' in vars(g) or g.pair[1][0] is g, g
                            """)
                }
            }
            _ = try await run(python, checks)
        }
    }

    @Test(arguments: CPython.found)
    func differentStatesAreNotEqual(python: CPython) async throws {
        let pickles = try await run(
            python, ["for v in [Set(a=1), Set(a=1), Set(a=2)]: print(pickle.dumps(v, 4).hex())"])
        let values = try pickles.map { try PickleValue(pickle: Self.bytes($0)) }
        #expect(values[0] == values[1])
        #expect(values[0] != values[2])
        #expect(try values[0].key() == values[1].key())
        #expect(try values[0].key() != values[2].key())
    }

    /// A request is cut up without being built, and its argument stands alone.
    @Test(arguments: CPython.found)
    func anArgumentGoesOnToWhatIsThrownAway(python: CPython) async throws {
        let pickles = try await run(
            python,
            [
                "q = ('ident', 'put', (Set(a=1), 5, [7]), {})",
                "print(pickle.dumps(q, 4).hex())", "print(pickle.dumps(q[2], 4).hex())",
            ])
        let request = Self.bytes(pickles[0])
        var scanner = RequestScanner()
        let bodies = try request.withUnsafeBytes { bytes in
            #expect(try unsafe scanner.scan(bytes) == .scanned)
            return try scanner.positional.map {
                try unsafe PickledValue($0, of: bytes)
            }
        }
        #expect(
            try PickleValue.tuple(bodies.map { try $0.decoded() })
                == PickleValue(pickle: Self.bytes(pickles[1])))
        #expect(bodies.first?.body.contains(Opcode.pop.rawValue) == true)
    }
}

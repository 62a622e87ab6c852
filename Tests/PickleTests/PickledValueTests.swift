import Testing

@testable import Pickle

@Suite struct PickledValueTests {
    private static let values: [PickleValue] = [
        .none, true, 5, -1, .int(.min), 1.5, .float(.nan), "text", .bytes([1]), .byteArray([1]),
        [1, [2]],
        .tuple([]), ["k": 1], .set([1]), .frozenset([]), .global(module: "a", name: "b"),
        .complex(real: 1, imaginary: 2), .exception("KeyError", ["k"]),
    ]

    @Test(arguments: values)
    func aValueKeptMeansTheSame(value: PickleValue) throws {
        let kept = PickledValue(value)
        #expect(kept.body == value.body())
        #expect(try kept.decoded().repr() == value.repr())
    }

    @Test func aScalarTellsItsKind() {
        #expect(PickledValue.none.slice.kind == .none)
        #expect(PickledValue.yes.slice.kind == .bool)
        #expect(PickledValue.int(70_000).slice.kind == .int)
        #expect(PickledValue.str("a").slice.kind == .str)
        #expect(PickledValue(.float(1)).slice.kind == .float)
        #expect(PickledValue(.bytes([])).slice.kind == .bytes)
    }

    @Test func whatOnlyBeginsWithAScalarIsNone() {
        for value in [[1], .global(module: "a", name: "b"), .tuple(["a", "b"])] as [PickleValue] {
            #expect(PickledValue(value).slice.kind == .other)
        }
        #expect(PickledValue(body: []).slice.kind == .other)
        #expect(PickledValue(body: [0x8C, 200]).slice.kind == .other)
    }

    @Test func proxiesAreSeenAtAGlance() {
        func mayHoldProxies(_ value: PickleValue) -> Bool {
            value.body().withUnsafeBytes { ProxyReference.mayOccur(in: $0) }
        }
        let token = ManagerToken(typeID: "list", address: "/tmp/s", id: "1")
        let proxy = PickleValue.proxy(ProxyReference(name: "ListProxy", token: token))
        #expect(mayHoldProxies([1, ["k": proxy]]))
        #expect(mayHoldProxies("Token"))
        #expect(!mayHoldProxies("Toke"))
        #expect(!mayHoldProxies("TTokeToke"))
        #expect(!mayHoldProxies(.none))
    }
}

import BigInt
import Testing

@testable import Pickle

/// Scalars of numpy's are the numbers that they are.
@Suite struct NumpyScalarTests {
    /// As numpy pickles it.
    private static func scalar(
        _ type: String, _ bytes: [UInt8], order: String = "<", module: String = "numpy._core"
    ) -> PickleValue {
        let dtype = PickleValue.reduce(
            .global(module: "numpy", name: "dtype"), [.str(type), false, true],
            state: .tuple([3, .str(order), .none, .none, .none, -1, -1, 0]))
        return .reduce(
            .global(module: module + ".multiarray", name: "scalar"), [dtype, .bytes(bytes)])
    }

    private static func bytes<T>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value) { unsafe Array($0) }
    }

    static let numbers: [(scalar: PickleValue, number: PickleValue)] = [
        (scalar("i8", bytes(-3)), -3), (scalar("i4", bytes(Int32.min)), .int(Int(Int32.min))),
        (scalar("i2", bytes(7 as Int16)), 7), (scalar("i1", [0xFF], order: "|"), -1),
        (scalar("u1", [0xFF], order: "|"), 255), (scalar("u2", [1, 2], order: ">"), 258),
        (scalar("u8", bytes(UInt64.max)), .bigInt(BigInt(UInt64.max))),
        (scalar("f8", bytes(0.1)), 0.1), (scalar("f4", bytes(0.5 as Float)), 0.5),
        (scalar("f2", bytes(2 as Float16)), 2), (scalar("b1", [1], order: "|"), true),
        (scalar("i8", bytes(5), module: "numpy.core"), 5),
        (scalar("f8", bytes(4.0)), 4),
    ]

    @Test func theyEqualTheirNumbers() throws {
        for (scalar, number) in Self.numbers {
            #expect(scalar == number)
            #expect(number == scalar)
            #expect(PickleValue.list([scalar]) == .list([number]))
            #expect(scalar.hashValue == number.hashValue)
            #expect(try scalar.key() == number.key())
            #expect(
                try PickleValue.tuple([scalar, 1]).key() == PickleValue.tuple([number, 1]).key())
            #expect(try !scalar.isLess(than: number))
            #expect(try scalar.isLess(than: .float(1e30)))
            #expect(scalar.isTrue)
            #expect(scalar != .str("3"))
            // It goes back out as it came.
            guard case .object = try PickleValue(pickle: scalar.pickled()).kind else {
                Issue.record("\(scalar) has become another")
                return
            }
        }
        #expect(Self.scalar("i4", Self.bytes(3 as Int32)) == Self.scalar("i8", Self.bytes(3)))
        #expect(Self.scalar("i4", Self.bytes(3 as Int32)) != Self.scalar("i8", Self.bytes(4)))
        #expect(!Self.scalar("b1", [0]).isTrue)
        #expect(!Self.scalar("f8", Self.bytes(0.0)).isTrue)
        let nan = Self.scalar("f8", Self.bytes(Double.nan))
        #expect(nan != nan)
        #expect(nan.isTrue)
    }

    @Test func whatElseNumpyHasIsNoNumber() {
        let others = [
            Self.scalar("i8", [1, 2]), Self.scalar("c8", Self.bytes(1)), Self.scalar("U1", [1]),
            Self.scalar("M8", Self.bytes(1)), Self.scalar("i3", [1, 2, 3]), Self.scalar("f1", [1]),
            Self.scalar("", []), Self.scalar("i8", Self.bytes(1), module: "mine"),
            .reduce(.global(module: "numpy._core.multiarray", name: "scalar"), [1, .bytes([1])]),
            .reduce(.global(module: "numpy._core.multiarray", name: "scalar"), []),
        ]
        for other in others {
            #expect(other.number == nil)
            #expect(other != 1)
            #expect(other.isTrue)
            #expect(throws: PickleError.self) { try other.isLess(than: 1) }
        }
    }

    @Test func theyStandForIndices() {
        #expect(Self.scalar("i8", Self.bytes(-3)).index == -3)
        #expect(Self.scalar("f8", Self.bytes(3.0)).index == nil)
        let stage = PickleValue.global(module: "__main__", name: "Stage")
        #expect(PickleValue.reduce(stage, [2]).index == 2)
        #expect(PickleValue.newObject(stage, [2]).index == 2)
        #expect(PickleValue.reduce(stage, ["2"]).index == nil)
        #expect(PickleValue.reduce(stage, [2, 3]).index == nil)
        #expect(PickleValue.reduce(.global(module: "builtins", name: "range"), [2]).index == nil)
        #expect(PickleValue.int(2).index == nil)
    }
}

import Pickle
import Testing

@testable import HostedObjects

/// Scalars of numpy's and members of enums where Python wants a number.
@Suite struct NumpyArgumentsTests {
    private let store = TestStore()

    /// `numpy.int64(value)` and such, little endian.
    private func scalar(_ type: String, _ bytes: [UInt8]) -> PickleValue {
        let dtype = PickleValue.reduce(
            .global(module: "numpy", name: "dtype"), [.str(type), false, true],
            state: .tuple([3, "<", .none, .none, .none, -1, -1, 0]))
        return .reduce(
            .global(module: "numpy._core.multiarray", name: "scalar"), [dtype, .bytes(bytes)])
    }

    private func int(_ value: UInt8) -> PickleValue { scalar("i8", [value, 0, 0, 0, 0, 0, 0, 0]) }

    /// `for label in labels: histogram[label] = histogram.get(label, 0) + 1`
    @Test func aHistogramOfLabels() {
        let histogram = store.make("dict", .dict([(key: 0, value: 0), (key: 1, value: 0)]))
        for label in [1, 0, 1, 2] as [UInt8] {
            guard case .int(let number)? = histogram("get", int(label), 0).value?.kind else {
                Issue.record("no count")
                return
            }
            histogram("__setitem__", int(label), .int(number + 1))
        }
        #expect(histogram("__len__") == .returns(3))
        #expect(histogram("__getitem__", 1) == .returns(2))
        #expect(histogram("__getitem__", 2) == .returns(1))
        #expect(histogram("__getitem__", 2.0) == .returns(1))
        #expect(histogram("pop", int(0)) == .returns(1))
    }

    @Test func indicesAndItems() {
        let list = store.make("list", [10, 20, 30])
        #expect(list("__getitem__", int(1)) == .returns(20))
        #expect(list("__setitem__", int(2), int(7)) == .returns(.none))
        #expect(list("index", 7) == .returns(2))
        #expect(list("__contains__", int(20)) == .returns(true))
        let stage = PickleValue.reduce(.global(module: "__main__", name: "Stage"), [0])
        #expect(list("__getitem__", stage) == .returns(10))
        #expect(list("sort") == .returns(.none))
        #expect(list("__getitem__", 0) == .returns(7))
    }

    @Test func whetherToWait() {
        let queue = store.make("Queue")
        #expect(queue("get", scalar("b1", [0])) == .raises("_queue.Empty", []))
        #expect(queue("get", scalar("b1", [1])) == .parked)
    }

    @Test func itemsOfArrays() {
        let half = PickleValue.reduce(.global(module: "fractions", name: "Fraction"), ["1/2"])
        let cent = PickleValue.reduce(.global(module: "decimal", name: "Decimal"), ["0.01"])
        let stage = PickleValue.reduce(.global(module: "__main__", name: "Stage"), [3])
        let floats = store.make("Array", "d", [half, cent, int(7), stage])
        #expect(floats("__getitem__", 0) == .returns(0.5))
        #expect(floats("__getitem__", 1) == .returns(0.01))
        #expect(floats("__getitem__", 2) == .returns(7.0))
        #expect(floats("__getitem__", 3) == .returns(3.0))
        let bytes = store.make("Array", "b", [int(7), stage])
        #expect(bytes("__getitem__", 0) == .returns(7))
        #expect(bytes("__getitem__", 1) == .returns(3))
        #expect(
            bytes("__setitem__", 0, int(200))
                == .raises("OverflowError", "signed char is greater than maximum"))
        #expect(
            bytes("__setitem__", 0, half)
                == .raises(
                    "TypeError", "'Fraction' object cannot be interpreted as an integer"))
    }

    @Test func timeouts() {
        let queue = store.make("Queue")
        #expect(queue("get", true, int(0)) == .raises("_queue.Empty", []))
        let float = scalar("f8", [0, 0, 0, 0, 0, 0, 0xE0, 0x3F])
        #expect(queue("get", true, float) == .parked)
        let lock = store.make("Lock")
        #expect(lock("acquire", true, float) == .returns(true))
        let event = store.make("Event")
        #expect(event("wait", int(0)) == .returns(false))
    }
}

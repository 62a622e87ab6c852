import Testing

@testable import Pickle

@Suite struct BodyWriterTests {
    private func written(_ write: (inout BodyWriter) -> Void) -> [UInt8] {
        var writer = BodyWriter()
        write(&writer)
        return writer.bytes
    }

    private static let ints: [(Int, [UInt8])] = [
        (0, [0x4B, 0]), (255, [0x4B, 255]), (256, [0x4D, 0, 1]), (65535, [0x4D, 255, 255]),
        (65536, [0x4A, 0, 0, 1, 0]), (-1, [0x4A, 255, 255, 255, 255]),
        (Int(Int32.max), [0x4A, 255, 255, 255, 0x7F]), (Int(Int32.min), [0x4A, 0, 0, 0, 0x80]),
        (1 << 31, [0x8A, 5, 0, 0, 0, 0x80, 0]),
        (-(1 << 31) - 1, [0x8A, 5, 255, 255, 255, 0x7F, 255]),
        (Int.max, [0x8A, 8] + [UInt8](repeating: 255, count: 7) + [0x7F]),
        (Int.min, [0x8A, 8] + [UInt8](repeating: 0, count: 7) + [0x80]),
    ]

    @Test(arguments: ints)
    func anIntTakesAsFewBytesAsCPythonGivesIt(value: Int, bytes: [UInt8]) throws {
        #expect(written { $0.int(value) } == bytes)
        #expect(try PickleValue(body: bytes) == .int(value))
        #expect(PickleValue.int(value).body() == bytes)
    }

    @Test func constantsAreOneByte() {
        #expect(written { $0.none() } == [0x4E])
        #expect(written { $0.bool(true) } == [0x88])
        #expect(written { $0.bool(false) } == [0x89])
        #expect(PickledValue.emptyTuple.body == [0x29])
    }

    @Test(arguments: [0.0, -0.0, 1.5, .infinity, .greatestFiniteMagnitude])
    func aFloatIsBigEndian(value: Double) throws {
        let bytes = written { $0.float(value) }
        #expect(bytes.count == 9)
        #expect(try PickleValue(body: bytes).repr() == PickleValue.float(value).repr())
    }

    @Test(arguments: [0, 1, 255, 256, 70_000])
    func aStrAndBytesAreCounted(count: Int) throws {
        let text = String(repeating: "x", count: count)
        #expect(try PickleValue(body: written { $0.str(text) }) == .str(text))
        let data = [UInt8](repeating: 0xFF, count: count)
        #expect(try PickleValue(body: written { $0.bytes(data) }) == .bytes(data))
    }

    @Test(arguments: 0...5)
    func containersHoldBodies(count: Int) throws {
        let values = (0..<count).map { PickledValue.int($0) }
        let expected = (0..<count).map { PickleValue.int($0) }
        #expect(try PickleValue(body: written { $0.list(values) }) == .list(expected))
        #expect(try PickleValue(body: written { $0.tuple(values) }) == .tuple(expected))
    }

    @Test func aClassIsNamed() throws {
        #expect(
            try PickleValue(body: written { $0.global("a.b", "C.D") })
                == .global(module: "a.b", name: "C.D"))
    }
}

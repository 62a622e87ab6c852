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

    private static let long = [UInt8](repeating: 0x4E, count: BodyWriter.insetSize)

    private func write(_ writer: inout BodyWriter) {
        writer.append(words: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908), length: 15)
        writer.body(PickledValue(body: Self.long))
        writer.append(.tuple2, .stop, andAt: 0, 0x0403_0201)
        let end = writer.count
        writer.int(7 << 40)
        writer.body(PickledValue(body: Self.long))
        writer.append(.tuple2, .stop, andAt: end, 0xAABB_CCDD)
    }

    @Test func whatIsLentReadsAsWhatIsCopied() {
        var (lending, copying) = (BodyWriter(mayInset: true), BodyWriter())
        write(&lending)
        write(&copying)
        #expect(lending.hasInset && !copying.hasInset)
        #expect(lending.count == copying.count)
        let bytes = copying.bytes
        #expect(bytes.prefix(5) == [1, 2, 3, 4, 4] && bytes[14] == 14)
        #expect(lending.bytes == bytes)
        let parts = lending.withParts { Array($0) + Array($1 ?? []) + Array($2) }
        #expect(parts == bytes)
        #expect(lending.withParts { _, inset, _ in inset } == Self.long[...])
        #expect(copying.withParts { _, inset, _ in inset } == nil)
        #expect(lending.finished() == bytes)
        #expect(copying.withBytes { Array($0) } == bytes)
    }

    @Test func whatIsLentIsTakenBackToo() {
        var writer = BodyWriter(mayInset: true)
        writer.none()
        writer.body(PickledValue(body: Self.long))
        let behind = writer.count
        writer.bool(true)
        writer.removeAll(from: behind)
        #expect(writer.hasInset && writer.bytes == [0x4E] + Self.long)
        writer.removeAll(from: 1)
        #expect(!writer.hasInset && writer.bytes == [0x4E])
        writer.body(PickledValue(body: Self.long))
        #expect(writer.hasInset)
        let lent = writer.withBytes { Array($0) }
        #expect(lent == [0x4E] + Self.long)
    }

    @Test func shortBodiesAreCopied() {
        var writer = BodyWriter(mayInset: true)
        writer.body(PickledValue(body: Array(Self.long.dropFirst())))
        #expect(!writer.hasInset && writer.count == Self.long.count - 1)
    }
}

import Testing

@testable import Pickle

@Suite struct CompactBytesTests {
    /// As a body: an opcode and a length of a byte or of four before the bytes.
    private func body(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 255 else { return [0x43, UInt8(bytes.count)] + bytes }
        let digits = (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
        return [0x42] + digits + bytes
    }

    @Test(arguments: [0, 1, 125, 126, 127, 128, 255, 256, 70_000])
    func whatIsWrittenIsThere(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let expected = body(bytes)
        // With room for just as much, and for more than is written.
        for spare in [0, 1, 200] {
            let compact = CompactBytes(room: expected.count + spare) { $0.bytes(bytes) }
            #expect(compact.bytes == expected)
            #expect((compact.long == nil) == (expected.count + spare <= CompactBytes.shortRoom))
            #expect(unsafe compact.withBytes { unsafe Array($0) } == expected)
        }
    }

    @Test func bytesThatAreThereAreKept() {
        for bytes: [UInt8] in [[], [1], Array(repeating: 2, count: 1000)] {
            let compact = CompactBytes(bytes)
            #expect(compact.bytes == bytes)
            #expect(compact.long == bytes)
        }
    }
}

import Connections
import Testing

@Suite struct FrameHeaderTests {
    @Test(
        arguments: [
            (0, [0, 0, 0, 0]),
            (1, [0, 0, 0, 1]),
            (0x0102_0304, [1, 2, 3, 4]),
            (0x7fff_ffff, [0x7f, 0xff, 0xff, 0xff]),
            (0x8000_0000, [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x80, 0, 0, 0]),
            (0x0102_0304_0506, [0xff, 0xff, 0xff, 0xff, 0, 0, 1, 2, 3, 4, 5, 6]),
        ] as [(Int, [UInt8])])
    func headersAreThoseOfCPython(length: Int, expected: [UInt8]) {
        #expect(frameHeader(length) == expected)
        #expect(FrameHeader.size(for: length) == expected.count)
    }
}

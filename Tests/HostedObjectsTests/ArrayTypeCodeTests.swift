import Pickle
import Testing

@testable import HostedObjects

@Suite struct ArrayTypeCodeTests {
    private func bytes(_ code: String, _ value: PickleValue) throws -> [UInt8] {
        var data: [UInt8] = []
        try #require(ArrayTypeCode(code)).append(PickledValue(value), to: &data)
        return data
    }

    @Test(
        arguments: [
            ("b", -1, [255]), ("B", 255, [255]), ("h", -2, [254, 255]), ("H", 258, [2, 1]),
            ("i", -1, [255, 255, 255, 255]), ("I", 1, [1, 0, 0, 0]),
            ("q", -1, [255, 255, 255, 255, 255, 255, 255, 255]),
            ("Q", 3, [3, 0, 0, 0, 0, 0, 0, 0]),
        ] as [(String, Int, [UInt8])])
    func intsStandInLittleEndian(_ code: String, _ int: Int, _ data: [UInt8]) throws {
        #expect(try bytes(code, .int(int)) == data)
        #expect(try ArrayTypeCode(code)?.item(data[...]) == .int(int))
    }

    @Test func floatsAndCharactersComeBack() throws {
        for (code, value) in [
            ("d", -0.1), ("f", 0.5), ("u", "\u{1F600}"), ("w", "a"), ("u", "\u{E9}"),
        ] as [(String, PickleValue)] {
            let data = try bytes(code, value)
            #expect(try ArrayTypeCode(code)?.item(data[...]) == PickledValue(value))
        }
        #expect(try bytes("d", 1) == [0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    }

    @Test func whatIsNoItemIsRefused() throws {
        #expect(throws: Failure.type("must be real number, not str")) { try bytes("d", "1") }
        #expect(throws: Failure.type("array item must be unicode character")) {
            try bytes("u", "ab")
        }
        #expect(throws: Failure.type("array item must be unicode character")) {
            try bytes("u", "")
        }
        #expect(throws: Failure.overflow("int too large to convert to float")) {
            try bytes("f", .power(of: 2000))
        }
    }
}

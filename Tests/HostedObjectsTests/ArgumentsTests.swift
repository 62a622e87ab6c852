import Pickle
import Testing

@testable import HostedObjects

@Suite struct ArgumentsTests {
    private func read<Result>(
        _ body: [UInt8], _ read: (Arguments, PickleSlice) throws -> Result
    ) rethrows -> Result {
        let slice = PickledValue(body: body).slice
        return try body.withUnsafeBytes { try read(Arguments(bytes: $0), slice) }
    }

    private static let ints: [([UInt8], Int?)] = [
        ([0x4B, 255], 255), ([0x4D, 0xFF, 0xFF], 65535), ([0x4A, 0xFF, 0xFF, 0xFF, 0xFF], -1),
        ([0x4A, 0, 0, 0, 0x80], Int(Int32.min)), ([0x88], 1), ([0x89], 0), ([0x8A, 0], 0),
        ([0x8A, 1, 0x80], -128), ([0x8A, 2, 0x80, 0], 128),
        ([0x8A, 8] + [UInt8](repeating: 0xFF, count: 7) + [0x7F], Int.max),
        ([0x8A, 8] + [UInt8](repeating: 0, count: 7) + [0x80], Int.min),
        ([0x8A, 9] + [UInt8](repeating: 0xFF, count: 8) + [0], nil),
        ([0x8A, 9] + [UInt8](repeating: 0xFF, count: 9), -1),
        ([0x8A, 9, 5] + [UInt8](repeating: 0, count: 8), 5),
        ([0x8A, 9] + [UInt8](repeating: 0, count: 8) + [0xFF], nil),
        ([0x8B, 2, 0, 0, 0, 5, 0], 5), ([0x4E], nil), ([0x8C, 1, 0x35], nil),
        ([0x47, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0], nil),
    ]

    @Test(arguments: ints)
    func anIntIsReadInEveryForm(body: [UInt8], value: Int?) {
        #expect(read(body) { $0.int($1) } == value)
    }

    @Test func anIntThatDoesNotFitHasItsSign() {
        let above = [0x8A, 9] + [UInt8](repeating: 0xFF, count: 8) + [0]
        let below = [0x8A, 9] + [UInt8](repeating: 0, count: 8) + [0xFF]
        guard case .above? = read(above, { $0.int(ofAnySize: $1) }),
            case .below? = read(below, { $0.int(ofAnySize: $1) })
        else {
            Issue.record("the sign is lost")
            return
        }
    }

    @Test(
        arguments: [[0x8C, 2], [0x58, 2, 0, 0, 0], [0x8D, 2, 0, 0, 0, 0, 0, 0, 0]] as [[UInt8]])
    func aStrIsReadInEveryForm(header: [UInt8]) {
        #expect(read(header + [0x68, 0x69]) { $0.text($1) } == "hi")
    }

    @Test func aLoneSurrogateIsNoSwiftString() {
        #expect(read([0x8C, 3, 0xED, 0xB2, 0x80]) { $0.text($1) } == nil)
    }

    @Test func whatIsAbsentIsNil() throws {
        #expect(Arguments.none[0] == nil)
        try Arguments.with(Arguments.none.bytes, [.absent], []) { arguments in
            #expect(arguments[0] == nil)
            #expect(throws: Failure.self) { try arguments.value(at: 0) }
        }
    }

    @Test func truthIsPythons() throws {
        let values: [(PickleValue, Bool)] = [
            (0, false), (2, true), ("", false), ("a", true), (.none, false), ([], false),
            ([0], true), (0.0, false), (.float(.nan), true), (true, true), ([:], false),
        ]
        for (value, truth) in values {
            #expect(try read(PickledValue(value).body) { try $0.isTrue($1) } == truth)
        }
    }
}

import Testing

@testable import Pickle

/// Lists that are read straight from their pickles.
struct PlainListTests {
    private static let ints: [Int] = [
        0, 1, -1, 255, 256, 65_535, 65_536, -128, -32_769, Int(Int32.max), Int(Int32.min),
        Int(Int32.max) + 1, Int(Int32.min) - 1, 1 << 40, -(1 << 55), .max, .min,
    ]

    private func plain<T>(_ type: T.Type, _ pickle: [UInt8]) -> T? {
        PlainList.value(type, pickle, .default)
    }

    @Test func intsOfAllSizesAreRead() throws {
        let pickle = try PickleEncoder().encode(Self.ints)
        #expect(plain([Int].self, pickle) == Self.ints)
        let none = try PickleEncoder().encode([Int]())
        #expect(plain([Int].self, none) == [])
    }

    @Test func floatsAreRead() throws {
        let floats = [0, -0.5, 1e300, .infinity, .leastNonzeroMagnitude]
        let pickle = try PickleEncoder().encode(floats)
        #expect(plain([Double].self, pickle) == floats)
    }

    /// As CPython writes them: framed, memoized, in batches of 1000.
    @Test func whatPythonWritesIsReadToo() {
        let items = (0..<3).flatMap { [Opcode.binInt1.rawValue, UInt8($0)] }
        let batch = [Opcode.mark.rawValue] + items + [Opcode.appends.rawValue]
        let body = [Opcode.emptyList.rawValue, Opcode.memoize.rawValue] + batch + batch + [0x2E]
        let frame: [UInt8] = [Opcode.frame.rawValue, UInt8(body.count), 0, 0, 0, 0, 0, 0, 0]
        #expect(plain([Int].self, [0x80, 4] + frame + body) == [0, 1, 2, 0, 1, 2])
    }

    @Test func whatIsOtherwiseIsForTheGeneralWay() throws {
        let mixed = try PickleEncoder().encode([true, false])
        #expect(plain([Int].self, mixed) == nil)
        #expect(try PickleDecoder().decode([Int].self, from: mixed) == [1, 0])
        let floats = try PickleEncoder().encode([1.5])
        #expect(plain([Int].self, floats) == nil)
        let whole = try PickleEncoder().encode([1, 2])
        #expect(plain([Double].self, whole) == nil)
        #expect(try PickleDecoder().decode([Double].self, from: whole) == [1, 2])
        #expect(plain([String].self, whole) == nil)
        #expect(plain(Int.self, whole) == nil)
    }

    @Test func whatIsCutOffOrGoesOnIsNotRead() throws {
        let pickle = try PickleEncoder().encode(Self.ints)
        for count in 0..<pickle.count {
            #expect(plain([Int].self, Array(pickle.prefix(count))) == nil)
        }
        #expect(plain([Int].self, pickle + [0]) == nil)
        for place in pickle.indices {
            var garbled = pickle
            garbled[place] ^= 0x55
            // It may be another list; it must not be a trap.
            _ = plain([Int].self, garbled)
        }
    }

    @Test func theLimitHolds() throws {
        var limits = PickleLimits.default
        limits.bytes = 20
        let pickle = try PickleEncoder().encode(Array(0..<11))
        #expect(PlainList.value([Int].self, pickle, limits) == nil)
        #expect(throws: PickleError.self) {
            try PickleDecoder(limits: limits).decode([Int].self, from: pickle)
        }
    }
}

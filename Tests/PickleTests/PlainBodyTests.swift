import Testing

@testable import Pickle

/// What is read and written without a look at the rest is what the whole codec reads and writes.
@Suite struct PlainBodyTests {
    private func written<Value>(_ value: Value) -> [UInt8]? {
        guard let room = PlainBody.room(for: value) else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { memory in
            var writer = PlainWriter(memory)
            PlainBody.write(value, to: &writer)
            return Array(memory.prefix(writer.count))
        }
    }

    private func read<Value>(_ type: Value.Type, _ body: [UInt8]) -> Value? {
        body.withUnsafeBytes { PlainBody.read(type, $0) }
    }

    private func check<Value: Codable & Equatable>(_ value: Value) throws {
        let body = try #require(written(value))
        #expect(try body == PickleEncoder().body(value))
        #expect(read(Value.self, body) == value || read(Value.self, body) == nil)
        let optional: Value?? = read(Value?.self, body)
        #expect(optional == .none || optional == .some(value))
        let none: Value?? = read(Value?.self, [Opcode.none.rawValue])
        #expect(none == .some(nil))
    }

    @Test func itWritesWhatTheEncoderWrites() throws {
        for number in [0, 1, 255, 256, 65_535, 65_536, -1, .max, .min] { try check(number) }
        for text in ["", "a", "é", String(repeating: "x", count: 255)] { try check(text) }
        for number in [0.0, -0.0, 1.5, .infinity] { try check(number) }
        try check(true)
        try check(false)
        try check([UInt8]())
        try check([UInt8](repeating: 9, count: 255))
        for count in [256, 65_535, 65_536, 1 << 20] {
            try check([UInt8](repeating: 9, count: count))
            try check(String(repeating: "é", count: count))
        }
        #expect(written([1, 2]) == nil)
        #expect(written(Int?.none) == nil)
    }

    @Test func itReadsWhatItWrites() throws {
        #expect(read(Int.self, try #require(written(70_000))) == 70_000)
        #expect(read(Int?.self, try #require(written(7))) == .some(7))
        #expect(read(String.self, try #require(written("é"))) == "é")
        #expect(read(String?.self, try #require(written("é"))) == .some("é"))
        #expect(read([UInt8].self, try #require(written([UInt8]([1, 2])))) == [1, 2])
        #expect(read(Bool.self, try #require(written(true))) == true)
        #expect(read(Double.self, try #require(written(1.5))) == 1.5)
    }

    @Test func itLeavesTheRestToOthers() throws {
        let bodies: [[UInt8]] = [
            [], [0x4E], [0x8C], [0x8C, 5, 0x61], [0x8C, 1, 0x61, 0x94], [0x4B], [0x58, 1],
        ]
        for body in bodies {
            #expect(read(String.self, body) == nil)
            #expect(read(Int.self, body) == nil)
            #expect(read([UInt8].self, body) == nil)
            #expect(read(Bool.self, body) == nil)
            #expect(read(Double.self, body) == nil)
            if body != [Opcode.none.rawValue] { #expect(read(String?.self, body) == nil) }
            #expect(read([Int].self, body) == nil)
        }
        // A lone surrogate is no String.
        #expect(read(String.self, [0x8C, 3, 0xED, 0xA0, 0x80]) == nil)
    }
}

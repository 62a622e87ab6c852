import Pickle
import Testing

@testable import Managers

@Suite struct PlainReplyTests {
    private func reply(_ kind: String, _ value: PickleValue) -> [UInt8] {
        var writer = BodyWriter()
        writer.append(.proto)
        writer.append(byte: 4)
        writer.str(kind)
        writer.append(contentsOf: value.body())
        writer.append(.tuple2)
        writer.append(.stop)
        return writer.bytes
    }

    @Test func whatWasReturnedIsRead() {
        #expect(PlainReply.value(Int.self, reply("#RETURN", 5)) == 5)
        #expect(PlainReply.value(String.self, reply("#RETURN", "x")) == "x")
        #expect(PlainReply.hasReturned(reply("#RETURN", .none)))
        #expect(PlainReply.hasReturned(reply("#RETURN", .bool(true))))
    }

    @Test func longBytesAreTakenOutOfTheirMessage() {
        for count in [PlainReply.longSize, 255, 256, 1 << 20] {
            let bytes = [UInt8](repeating: 7, count: count - 1) + [9]
            var message = reply("#RETURN", .bytes(bytes))
            #expect(PlainReply.take([UInt8].self, &message) == bytes)
            #expect(message.isEmpty == (count >= PlainReply.longSize - 18))
        }
        let text = String(repeating: "x", count: PlainReply.longSize)
        var message = reply("#RETURN", .str(text))
        let before = message
        #expect(PlainReply.take([UInt8].self, &message) == nil)
        #expect(PlainReply.take([UInt8]?.self, &message) == nil)
        #expect(PlainReply.take(String.self, &message) == text)
        #expect(message == before)
    }

    @Test func allElseIsLookedAtInFull() {
        #expect(PlainReply.value(Int.self, reply("#RETURN", "x")) == nil)
        #expect(PlainReply.value(Int.self, reply("#ERROR", 5)) == nil)
        #expect(PlainReply.value(Int.self, reply("#RETURNS", 5)) == nil)
        #expect(!PlainReply.hasReturned(reply("#ERROR", .none)))
        #expect(!PlainReply.hasReturned(reply("#PROXY", .none)))
        #expect(!PlainReply.hasReturned(reply("#RETURN", .tuple([1, 2]))))
        for count in 0..<14 {
            let short = Array(reply("#RETURN", 5).prefix(count))
            #expect(PlainReply.value(Int.self, short) == nil)
            #expect(!PlainReply.hasReturned(short))
        }
        // As CPython writes it: with FRAME and MEMOIZE.
        let framed = PickleValue.tuple(["#RETURN", 5]).pickled()
        #expect(PlainReply.value(Int.self, framed) == nil || framed[2] == 0x8C)
    }
}

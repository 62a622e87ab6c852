import Pickle
import Testing

@testable import HostedObjects

@Suite struct ReplyFrameTests {
    @Test func aReplyIsAFramedPair() throws {
        var writer = BodyWriter()
        let start = ReplyFrame.open(&writer)
        writer.int(5)
        ReplyFrame.close(&writer, from: start)
        #expect(
            writer.bytes
                == [0, 0, 0, 15, 0x80, 4, 0x8C, 7] + Array("#RETURN".utf8) + [0x4B, 5, 0x86, 0x2E])
        #expect(Reply(frame: writer.bytes) == .returns(5))
    }

    @Test func repliesStandBehindEachOther() {
        var writer = BodyWriter()
        for value in 0..<3 {
            let start = ReplyFrame.open(&writer)
            writer.int(value)
            ReplyFrame.close(&writer, from: start)
        }
        #expect(writer.bytes.count == 3 * 19)
        #expect(Reply(frame: Array(writer.bytes.suffix(19))) == .returns(2))
    }

    @Test func anErrorHasItsClassAndArguments() {
        var writer = BodyWriter()
        let start = ReplyFrame.openWithoutKind(&writer, tag: nil)
        Failure(module: "queue", name: "Full").write(to: &writer)
        ReplyFrame.close(&writer, from: start)
        #expect(Reply(frame: writer.bytes) == .raises("queue.Full", []))
    }

    @Test func aTracebackEndsWithTheError() throws {
        var failure = Failure(missingKey: .str("k")).asTraceback()
        failure.context = "AttributeError: no k"
        var writer = BodyWriter()
        failure.write(to: &writer)
        writer.append(.tuple2)
        guard case .tuple(let parts) = try PickleValue(body: writer.bytes).kind else {
            Issue.record("no pair")
            return
        }
        let text = try #require(parts[1].string)
        #expect(text.hasPrefix("Traceback (most recent call last):\n"))
        #expect(text.contains("\nAttributeError: no k\n\nDuring handling of the above exception"))
        #expect(text.hasSuffix("\nKeyError: 'k'\n"))
    }
}

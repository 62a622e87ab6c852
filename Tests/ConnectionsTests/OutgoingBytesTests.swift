import Sockets
import Testing

@testable import Connections
@testable import Pickle

@Suite struct OutgoingBytesTests {
    private let short = [UInt8](repeating: 1, count: 100)
    private let long = [UInt8](repeating: 2, count: OutgoingBytes.longSize)
    private let longer = [UInt8](repeating: 3, count: (1 << 20) + 7)

    private let head = TaggedFrame.Head(5, owner: 6, keptAs: nil)

    /// The frames of these requests.
    private func everything(_ requests: [UInt8]...) -> [UInt8] {
        requests.flatMap { frameHeader(8 + $0.count) + [0, 0, 0, 5, 0, 0, 0, 6] + $0 }
    }

    private func pair() throws -> (one: SharedWire, other: SharedDescriptor) {
        try Descriptor.pair().split { one, other in
            (one: SharedWire(Wire(one)), other: SharedDescriptor(other))
        }
    }

    /// Writes as the socket takes it, and reads in turn.
    private func written(_ bytes: inout OutgoingBytes) throws -> [UInt8] {
        let pair = try pair()
        var read: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 50_000)
        for _ in 0..<10_000 {
            let before = bytes.count
            let outcome = bytes.write(to: pair.one.wire)
            let left = bytes.count
            #expect(outcome == (left == 0 ? nil : .wouldBlock))
            #expect(left <= before)
            let transfer = buffer.withUnsafeMutableBytes { pair.other.descriptor.read(into: $0) }
            guard case .bytes(let count) = transfer else {
                #expect(left == 0)
                return read
            }
            read += buffer[..<count]
        }
        Issue.record("there is no end to it")
        return read
    }

    @Test func whatWasAppendedGoesInOrder() throws {
        var bytes = OutgoingBytes()
        for request in [long, short, short, longer, long, short] { bytes.append(head, request) }
        let all = everything(long, short, short, longer, long, short)
        let count = bytes.count
        let written = try written(&bytes)
        #expect(count == all.count)
        #expect(written == all)
    }

    @Test func whatIsLeftGoesBeforeWhatCameSince() throws {
        var first = OutgoingBytes()
        first.append(head, short)
        first.append(head, longer)
        first.append(head, short)
        let pair = try pair()
        let outcome = first.write(to: pair.one.wire)
        #expect(outcome == .wouldBlock)
        let gone = everything(short, longer, short).count - first.count
        #expect(gone > 0)
        var second = OutgoingBytes()
        second.append(head, long)
        second.append(head, short)
        first.append(second)
        let all = everything(short, longer, short, long, short)
        let (count, written) = (first.count, try written(&first))
        #expect(count == all.count - gone)
        #expect(written == Array(all[gone...]))
    }

    /// A peer that never takes all does not have everything kept that was ever sent.
    @Test func whatHasGoneIsForgotten() throws {
        var bytes = OutgoingBytes()
        let pair = try pair()
        var (appended, read): ([UInt8], [UInt8]) = ([], [])
        var buffer = [UInt8](repeating: 0, count: 59_000)
        for round in 0..<120 {
            var more = OutgoingBytes()
            let request = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 50_000)
            more.append(head, request)
            appended += everything(request)
            // Long ones, too.
            if round % 7 == 0 {
                more.append(head, long)
                appended += everything(long)
            }
            bytes.append(more)
            _ = bytes.write(to: pair.one.wire)
            #expect(bytes.room < 2_000_000)
            // As fast as they come, once there are some.
            guard round > 10 else { continue }
            let transfer = buffer.withUnsafeMutableBytes { pair.other.descriptor.read(into: $0) }
            if case .bytes(let count) = transfer { read += buffer[..<count] }
        }
        #expect(read.count > 4_000_000)
        #expect(read[...] == appended.prefix(read.count))
    }

    @Test func emptiedItIsAsNew() throws {
        var bytes = OutgoingBytes()
        bytes.append(head, short)
        bytes.append(head, long)
        bytes.removeAll()
        let isEmpty = bytes.isEmpty
        bytes.append(head, short)
        let written = try written(&bytes)
        #expect(isEmpty)
        #expect(written == everything(short))
    }

    @Test(arguments: [0, 1, 128, 129, OutgoingBytes.longSize])
    func aCompactRequestGoesAsAnyOther(count: Int) throws {
        let request = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let compact = CompactBytes(room: count + 5) { $0.bytes(request) }
        var bytes = OutgoingBytes()
        bytes.append(head, compact)
        bytes.append(TaggedFrame.Head(.undo, 7))
        bytes.append(TaggedFrame.Head(5, owner: 6, keptAs: 9), compact)
        let body = compact.bytes
        let all =
            everything(body) + [0, 0, 0, 8, 0, 0, 0, 7, 0, 0, 0, 1] + frameHeader(12 + body.count)
            + [0, 0, 0, 5, 0x80, 0, 0, 6, 0, 0, 0, 9] + body
        #expect(body.suffix(count) == request[...])
        #expect(bytes.count == all.count)
        #expect(try written(&bytes) == all)
    }

    @Test func aPeerThatIsGoneIsAnError() throws {
        var bytes = OutgoingBytes()
        bytes.append(head, short)
        let survivor = try Descriptor.pair().split { first, _ in Wire(first) }
        let (outcome, left) = (bytes.write(to: survivor), bytes.count)
        guard case .failed = outcome else {
            Issue.record("writing to nobody came to \(String(describing: outcome))")
            return
        }
        #expect(left == everything(short).count)
    }
}

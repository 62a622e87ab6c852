import Sockets
import Testing

@testable import Connections

@Suite struct OutgoingBytesTests {
    private let short = [UInt8](repeating: 1, count: 100)
    private let long = [UInt8](repeating: 2, count: OutgoingBytes.longSize)
    private let longer = [UInt8](repeating: 3, count: (1 << 20) + 7)

    private func everything(_ first: [UInt8]...) -> [UInt8] { first.flatMap { $0 } }

    /// Writes as the socket takes it, and reads in turn.
    private func written(_ bytes: inout OutgoingBytes) throws -> [UInt8] {
        let pair = try Descriptor.pair()
        var read: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 50_000)
        for _ in 0..<10_000 {
            let before = bytes.count
            let outcome = bytes.write(to: pair.first)
            let left = bytes.count
            #expect(outcome == (left == 0 ? nil : .wouldBlock))
            #expect(left <= before)
            let transfer = buffer.withUnsafeMutableBytes { pair.second.read(into: $0) }
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
        for request in [long, short, short, longer, long, short] {
            bytes.append { $0 += [9, 9] }
            bytes.append(request)
        }
        let head: [UInt8] = [9, 9]
        let all = everything(
            head, long, head, short, head, short, head, longer, head, long, head, short)
        let count = bytes.count
        let written = try written(&bytes)
        #expect(count == all.count)
        #expect(written == all)
    }

    @Test func whatIsLeftGoesBeforeWhatCameSince() throws {
        var first = OutgoingBytes()
        first.append(short)
        first.append(longer)
        first.append(short)
        let pair = try Descriptor.pair()
        let outcome = first.write(to: pair.first)
        #expect(outcome == .wouldBlock)
        let gone = 2 * short.count + longer.count - first.count
        #expect(gone > 0)
        var second = OutgoingBytes()
        second.append(long)
        second.append(short)
        first.append(second)
        let all = everything(short, longer, short, long, short)
        let (count, written) = (first.count, try written(&first))
        #expect(count == all.count - gone)
        #expect(written == Array(all[gone...]))
    }

    @Test func emptiedItIsAsNew() throws {
        var bytes = OutgoingBytes()
        bytes.append(short)
        bytes.append(long)
        bytes.removeAll()
        let isEmpty = bytes.isEmpty
        bytes.append(short)
        let written = try written(&bytes)
        #expect(isEmpty)
        #expect(written == short)
    }

    @Test func aPeerThatIsGoneIsAnError() throws {
        var bytes = OutgoingBytes()
        bytes.append(short)
        let survivor = try Descriptor.pair().split { first, _ in first }
        let (outcome, left) = (bytes.write(to: survivor), bytes.count)
        guard case .failed = outcome else {
            Issue.record("writing to nobody came to \(String(describing: outcome))")
            return
        }
        #expect(left == short.count)
    }
}

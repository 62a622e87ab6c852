import Sockets
import Testing

@testable import Connections

@Suite struct OutgoingBytesTests {
    private let short = [UInt8](repeating: 1, count: 100)
    private let long = [UInt8](repeating: 2, count: OutgoingBytes.longSize)
    private let longer = [UInt8](repeating: 3, count: (1 << 20) + 7)

    private func everything(_ first: [UInt8]...) -> [UInt8] { first.flatMap { $0 } }

    /// Writes as the socket takes it, and reads in turn.
    private func written(_ bytes: OutgoingBytes) throws -> [UInt8] {
        var bytes = bytes
        let pair = try Descriptor.pair()
        var read: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 50_000)
        for _ in 0..<10_000 {
            let left = bytes.count
            switch bytes.write(to: pair.first) {
            case nil: #expect(bytes.isEmpty)
            case .wouldBlock: #expect(!bytes.isEmpty)
            case let other: Issue.record("writing came to \(String(describing: other))")
            }
            #expect(bytes.count <= left)
            let transfer = buffer.withUnsafeMutableBytes { pair.second.read(into: $0) }
            guard case .bytes(let count) = transfer else {
                #expect(bytes.isEmpty)
                return read
            }
            read += buffer[..<count]
        }
        Issue.record("there is no end to it")
        return read
    }

    @Test func whatWasAppendedGoesInOrder() throws {
        var bytes = OutgoingBytes()
        #expect(bytes.isEmpty)
        for request in [long, short, short, longer, long, short] {
            bytes.append { $0 += [9, 9] }
            bytes.append(request)
        }
        let head: [UInt8] = [9, 9]
        let all = everything(
            head, long, head, short, head, short, head, longer, head, long, head, short)
        #expect(bytes.count == all.count)
        #expect(try written(bytes) == all)
    }

    @Test func whatIsLeftGoesBeforeWhatCameSince() throws {
        var first = OutgoingBytes()
        first.append(short)
        first.append(longer)
        first.append(short)
        let pair = try Descriptor.pair()
        #expect(first.write(to: pair.first) == .wouldBlock)
        let gone = 2 * short.count + longer.count - first.count
        #expect(gone > 0)
        var second = OutgoingBytes()
        second.append(long)
        second.append(short)
        first.append(second)
        let all = everything(short, longer, short, long, short)
        #expect(first.count == all.count - gone)
        #expect(try written(first) == Array(all[gone...]))
    }

    @Test func emptiedItIsAsNew() throws {
        var bytes = OutgoingBytes()
        bytes.append(short)
        bytes.append(long)
        bytes.removeAll()
        #expect(bytes.isEmpty)
        bytes.append(short)
        #expect(try written(bytes) == short)
    }

    @Test func aPeerThatIsGoneIsAnError() throws {
        var bytes = OutgoingBytes()
        bytes.append(short)
        let survivor = try Descriptor.pair().split { first, _ in first }
        guard case .failed = bytes.write(to: survivor) else {
            Issue.record("writing to nobody is no error")
            return
        }
        #expect(bytes.count == short.count)
    }
}

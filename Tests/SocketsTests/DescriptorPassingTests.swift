import Sockets
import Testing

/// Descriptors that travel over a Unix socket.
struct DescriptorPassingTests {
    private func send(
        _ bytes: [UInt8], _ passengers: [SharedDescriptor], over socket: SharedDescriptor
    ) -> Transfer {
        bytes.withUnsafeBytes { socket.descriptor.write($0, passing: passengers) }
    }

    private func receive(
        from socket: SharedDescriptor, _ passengers: inout [SharedDescriptor]
    ) -> (Transfer, [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: 100)
        let transfer = bytes.withUnsafeMutableBytes {
            socket.descriptor.read(into: $0, accepting: &passengers)
        }
        guard case .bytes(let count) = transfer else { return (transfer, []) }
        return (transfer, Array(bytes.prefix(count)))
    }

    private func pair() throws -> (SharedDescriptor, SharedDescriptor) {
        try Descriptor.pair().split { (SharedDescriptor($0), SharedDescriptor($1)) }
    }

    @Test func aDescriptorArrivesWithItsBytes() throws {
        let (here, there) = try pair()
        let (passenger, other) = try pair()
        #expect(send([1, 2, 3], [passenger], over: here) == .bytes(3))
        var arrived: [SharedDescriptor] = []
        #expect(receive(from: there, &arrived).1 == [1, 2, 3])
        let copy = try #require(arrived.first)
        #expect(arrived.count == 1)
        #expect(copy.descriptor.raw != passenger.descriptor.raw)
        // What is written to the copy comes out where it would from the original.
        #expect(send([7], [], over: copy) == .bytes(1))
        var none: [SharedDescriptor] = []
        #expect(receive(from: other, &none).1 == [7])
        #expect(none.isEmpty)
    }

    @Test func asManyAsTheKernelTakesGoAtOnce() throws {
        let (here, there) = try pair()
        let many = try (0..<Descriptor.passingLimit).map { _ in
            SharedDescriptor(try here.descriptor.duplicate())
        }
        #expect(send([1], many, over: here) == .bytes(1))
        var arrived: [SharedDescriptor] = []
        #expect(receive(from: there, &arrived).1 == [1])
        #expect(arrived.count == many.count)
        let tooMany = many + [here]
        guard case .failed = send([1], tooMany, over: here) else {
            Issue.record("more went than the limit")
            return
        }
    }

    @Test func theEndIsToldApartFromNothingYet() throws {
        let (here, there) = try pair()
        var none: [SharedDescriptor] = []
        #expect(receive(from: there, &none).0 == .wouldBlock)
        here.descriptor.finishWriting()
        #expect(receive(from: there, &none).0 == .endOfFile)
    }
}

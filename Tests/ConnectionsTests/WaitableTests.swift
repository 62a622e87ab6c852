import Connections
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)))
struct WaitableTests {
    @Test func thoseThatAreReadyAreGivenInOrder() async throws {
        let pipes = try (0..<5).map { _ in try Connection.pipe() }
        for number in [3, 1] { try await pipes[number].0.send(number) }
        pipes[4].0.close()
        let ready = try await Connection.wait(for: pipes.map(\.1))
        #expect(
            ready.map { ObjectIdentifier($0) }
                == [1, 3, 4].map {
                    ObjectIdentifier(pipes[$0].1)
                })
        // Nothing was taken.
        #expect(try await ready[0].receive(Int.self) == 1)
    }

    @Test func oneWaitsForTheFirst() async throws {
        let pipes = try (0..<5).map { _ in try Connection.pipe() }
        async let ready = Connection.wait(for: pipes.map(\.1), timeout: .seconds(60))
        try await pipes[2].0.send(1)
        #expect(try await ready.map { ObjectIdentifier($0) } == [ObjectIdentifier(pipes[2].1)])
    }

    @Test func thereIsATimeOut() async throws {
        let (_, b) = try Connection.pipe()
        let (c, _) = try Connection.pipe()
        #expect(try await Connection.wait(for: [b, c].suffix(1), timeout: .zero).isEmpty == false)
        let (d, e) = try Connection.pipe()
        for timeout in [.zero, .milliseconds(5), .seconds(-1)] as [Duration] {
            #expect(try await Connection.wait(for: [d, e], timeout: timeout).isEmpty)
        }
        #expect(try await Connection.wait(for: [Connection](), timeout: nil).isEmpty)
    }

    @Test func kindsMayBeMixed() async throws {
        let (a, b) = try Connection.pipe()
        let pipe = Pipe()
        let handle = try DescriptorHandle(duplicating: pipe.fileHandleForReading.fileDescriptor)
        async let first = Connection.wait(for: [b, handle] as [any Waitable])
        try pipe.fileHandleForWriting.write(contentsOf: Data([1]))
        #expect(try await first.map { $0 is DescriptorHandle } == [true])
        try await a.send(1)
        #expect(try await Connection.wait(for: [b, handle] as [any Waitable]).count == 2)
    }

    @Test func aFileIsAlwaysReady() async throws {
        let file = open("/proc/self/stat", O_RDONLY)
        defer { close(file) }
        let handle = try DescriptorHandle(duplicating: file)
        #expect(try await Connection.wait(for: [handle]).count == 1)
    }

    @Test func aCancelledWaitLeavesNothing() async throws {
        let (a, b) = try Connection.pipe()
        let pipe = Pipe()
        let handle = try DescriptorHandle(duplicating: pipe.fileHandleForReading.fileDescriptor)
        for _ in 0..<100 {
            let waiting = Task { try await Connection.wait(for: [b, handle] as [any Waitable]) }
            waiting.cancel()
            await #expect(throws: ConnectionError.self) { try await waiting.value }
        }
        try await a.send(1)
        #expect(try await b.receive(Int.self) == 1)
    }
}

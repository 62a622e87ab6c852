import Connections
import Foundation
import Sockets
import Synchronization
import Testing

/// Connections, listeners and descriptors that are sent through connections.
@Suite(.timeLimit(.minutes(10)))
struct ConnectionLuggageTests {
    private func code(_ error: any Error) -> ConnectionError.Code? {
        (error as? ConnectionError)?.code
    }

    @Test func aConnectionIsSentAndStaysUsableHere() async throws {
        let (a, b) = try Connection.pipe()
        let (mine, yours) = try Connection.pipe()
        try await a.send(["it": yours])
        let travelled = try #require(try await b.receive([String: Connection].self)["it"])
        try await mine.send("to the one who asks")
        #expect(try await travelled.receive(String.self) == "to the one who asks")
        try await travelled.send(1)
        try await yours.send(2)
        #expect(try await [mine.receive(Int.self), mine.receive(Int.self)] == [1, 2])
        yours.close()
        try await travelled.send(3)
        #expect(try await mine.receive(Int.self) == 3)
    }

    @Test func whatWasSentBeforeTravelsWithIt() async throws {
        let (a, b) = try Connection.pipe()
        let (mine, yours) = try Connection.pipe(duplex: false)
        try await yours.send("early")
        yours.close()
        try await a.send(mine)
        let travelled = try await b.receive(Connection.self)
        #expect(travelled.isReadable && !travelled.isWritable)
        #expect(try await travelled.receive(String.self) == "early")
        await #expect { try await travelled.receive(Int.self) } throws: { code($0) == .endOfFile }
    }

    @Test func oneWithMessagesInItDoesNotTravel() async throws {
        let (a, b) = try Connection.pipe()
        let (mine, yours) = try Connection.pipe()
        try await yours.send(1)
        #expect(try await mine.poll())
        await #expect { try await a.send(mine) } throws: { code($0) == .encoding }
        #expect(try await mine.receive(Int.self) == 1)
        try await a.send(mine)
        mine.close()
        await #expect { try await a.send(mine) } throws: { code($0) == .encoding }
        _ = try await b.receive(Connection.self)
    }

    @Test func messagesWithAndWithoutLuggageKeepTheirOrder() async throws {
        let (a, b) = try Connection.pipe()
        async let sending: Void = {
            for number in 0..<300 {
                let pipe = try Pipe()
                try await a.sendBytes(Array(repeating: 7, count: number * 400))
                try await a.send(pipe.handle)
                try await a.send(number)
                try pipe.write(number)
            }
        }()
        for number in 0..<300 {
            #expect(try await b.receiveBytes().count == number * 400)
            let handle = try await b.receive(DescriptorHandle.self)
            #expect(try await b.receive(Int.self) == number)
            try await handle.waitUntilReady()
            let byte = FileHandle(fileDescriptor: handle.number).readData(ofLength: 1)
            #expect(byte == Data([UInt8(truncatingIfNeeded: number)]))
        }
        try await sending
    }

    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    /// A pipe whose reading end is a handle.
    private struct Pipe {
        let handle: DescriptorHandle
        private let both: Foundation.Pipe

        init() throws {
            both = Foundation.Pipe()
            handle = try DescriptorHandle(duplicating: both.fileHandleForReading.fileDescriptor)
        }

        func write(_ number: Int) throws {
            try both.fileHandleForWriting.write(
                contentsOf: Data([UInt8(truncatingIfNeeded: number)]))
        }
    }

    @Test func aListenerIsSentWithItsKey() async throws {
        let (a, b) = try Connection.pipe()
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey(Array("key".utf8))
        let listener = try Listener(
            address: .unix(path: directory.file("s")), authkey: key)
        try await a.send(listener)
        let travelled = try await b.receive(Listener.self)
        #expect(travelled.address == listener.address)
        async let accepted = travelled.accept()
        async let other = listener.accept()
        let first = try await Connection.connect(to: travelled.address, authkey: key)
        try await first.send(1)
        listener.close()
        _ = try? await other
        let second = try? await Connection.connect(to: travelled.address, authkey: key)
        #expect(second == nil, "its file is gone with the one that made it")
        travelled.close()
        _ = try? await accepted
    }

    @Test(arguments: [LoopbackPlace.unixPath, .abstractName])
    func connectionsOfThisHostCarryThem(place: LoopbackPlace) async throws {
        let key = try AuthenticationKey([1])
        let pair = try await ConnectedPair(place, authkey: key)
        let (mine, yours) = try Connection.pipe()
        // At once, so that it arrives with the last step of the handshake.
        try await pair.client.send([yours])
        let travelled = try #require(try await pair.server.receive([Connection].self).first)
        try await travelled.send("through it")
        #expect(try await mine.receive(String.self) == "through it")
    }

    @Test func tcpCarriesNone() async throws {
        let pair = try await ConnectedPair(.tcpVersion4)
        let (mine, _) = try Connection.pipe()
        await #expect { try await pair.client.send(mine) } throws: { code($0) == .encoding }
        try await pair.client.send(0)
        await #expect { try await pair.server.receive(DescriptorHandle.self) } throws: {
            code($0) == .encoding
        }
    }

    @Test func aTCPConnectionTravels() async throws {
        let (a, b) = try Connection.pipe()
        let pair = try await ConnectedPair(.tcpVersion4)
        try await a.send(pair.client)
        let travelled = try await b.receive(Connection.self)
        try await travelled.send(1)
        #expect(try await pair.server.receive(Int.self) == 1)
        await #expect { try await travelled.send(b) } throws: { code($0) == .encoding }
    }

    @Test func whatNobodyTakesIsClosed() async throws {
        let (a, b) = try Connection.pipe()
        let (mine, yours) = try Connection.pipe()
        // Taken as bytes, as something else, and not at all.
        for _ in 0..<3 { try await a.send([yours]) }
        yours.close()
        _ = try await b.receiveBytes()
        _ = try? await b.receive(Int.self)
        b.close()
        a.close()
        await #expect { try await mine.receive(Int.self) } throws: { code($0) == .endOfFile }
    }

    @Test func tooManyForOneMessageAreAnError() async throws {
        let (a, b) = try Connection.pipe()
        var handles: [DescriptorHandle] = []
        for _ in 0..<Luggage.limit {
            handles.append(try DescriptorHandle(duplicating: try a.fileDescriptor))
        }
        try await a.send(handles)
        #expect(try await b.receive([DescriptorHandle].self).count == Luggage.limit)
        handles.append(try DescriptorHandle(duplicating: try a.fileDescriptor))
        let tooMany = handles
        await #expect { try await a.send(tooMany) } throws: { code($0) == .encoding }
    }

    @Test func aPeerThatIsNotServedCannotFillThisProcess() async throws {
        let (a, b) = try Connection.pipe()
        _ = try await b.poll()
        let handle = try DescriptorHandle(duplicating: try a.fileDescriptor)
        let sent = Counter()
        await withTaskGroup { group in
            group.addTask {
                while (try? await a.send(handle)) != nil { sent.value.add(1, ordering: .relaxed) }
            }
            // It has to wait before it has sent many: what lies here, and what the kernel holds.
            var before = -1
            while before != sent.value.load(ordering: .relaxed) {
                before = sent.value.load(ordering: .relaxed)
                try? await Task.sleep(for: .milliseconds(100))
            }
            #expect(before < 2000)
            group.cancelAll()
        }
    }

    @Test func aNumberThatIsNoDescriptorIsRefused() {
        #expect(throws: ConnectionError.self) { try DescriptorHandle(duplicating: -1) }
    }
}

import Foundation
import Pickle
import Sockets
import Testing

@testable import Connections

@Suite(.timeLimit(.minutes(10)))
struct PipeTests {
    private struct Point: Codable, Equatable {
        var x: Int
        var name: String?
    }

    private func code(_ error: any Error) -> ConnectionError.Code? {
        (error as? ConnectionError)?.code
    }

    @Test func valuesGoBothWays() async throws {
        let (a, b) = try Connection.pipe()
        try await a.send(Point(x: 1, name: "one"))
        #expect(try await b.receive(Point.self) == Point(x: 1, name: "one"))
        try await b.send([1, 2, 3])
        #expect(try await a.receive() == [1, 2, 3])
        try await b.send("text")
        #expect(try await a.receive(PickleValue.self).repr(limit: 20) == "'text'")
    }

    @Test func tasksGoOnWhereTheirMessagesAreRead() async throws {
        let (a, b) = try Connection.pipe()
        let loop = try IOLoop.shared()
        async let echoed: Void = b.run {
            while let number = try? await b.receive(Int.self) {
                #expect(loop.isCurrent)
                try await b.send(number + 1)
            }
        }
        let last = try await a.run {
            var number = 0
            for _ in 0..<200 {
                try await a.send(number)
                number = try await a.receive()
                #expect(loop.isCurrent)
            }
            return number
        }
        #expect(last == 200)
        a.close()
        try await echoed
    }

    /// Who waits there keeps neither the thread nor the tasks on it waiting.
    @Test func manyTasksWaitOnTheLoopAtOnce() async throws {
        let pipes = try (0..<50).map { _ in try Connection.pipe() }
        let loop = try IOLoop.shared()
        let sum = try await withTaskExecutorPreference(pipes[0].0.executor) {
            try await withThrowingTaskGroup { group in
                for (here, _) in pipes {
                    group.addTask {
                        #expect(loop.isCurrent)
                        return try await here.receive(Int.self)
                    }
                }
                for (number, pipe) in pipes.enumerated() { try await pipe.1.send(number) }
                return try await group.reduce(0, +)
            }
        }
        #expect(sum == 1225)
    }

    @Test func bytesAreTakenAsTheyAre() async throws {
        let (a, b) = try Connection.pipe()
        let bytes = Array("hello world".utf8)
        try await a.sendBytes(bytes)
        try await a.sendBytes(bytes, offset: 6)
        try await a.sendBytes(bytes, offset: 2, size: 3)
        try await a.sendBytes(bytes, offset: 11)
        for text in ["hello world", "world", "llo", ""] {
            #expect(try await b.receiveBytes() == Array(text.utf8))
        }
    }

    @Test func aValueOfTheWrongTypeIsAnErrorAndTaken() async throws {
        let (a, b) = try Connection.pipe()
        try await a.send("text")
        try await a.sendBytes([1, 2, 3])
        try await a.send(5)
        for _ in 0..<2 {
            await #expect { try await b.receive(Int.self) } throws: { code($0) == .encoding }
        }
        #expect(try await b.receive(Int.self) == 5)
    }

    @Test func aBufferIsFilledFromItsOffset() async throws {
        let (a, b) = try Connection.pipe()
        var buffer = [UInt8](repeating: 9, count: 5)
        try await a.sendBytes([1, 2])
        #expect(try await b.receiveBytes(into: &buffer) == 2)
        #expect(buffer == [1, 2, 9, 9, 9])
        try await a.sendBytes([3, 4])
        #expect(try await b.receiveBytes(into: &buffer, offset: 3) == 2)
        #expect(buffer == [1, 2, 9, 3, 4])
    }

    @Test func aBufferTooShortLosesNothing() async throws {
        let (a, b) = try Connection.pipe()
        var buffer = [UInt8](repeating: 0, count: 3)
        try await a.sendBytes([1, 2, 3, 4])
        do {
            _ = try await b.receiveBytes(into: &buffer)
            Issue.record("it fitted")
        } catch {
            #expect(error.code == .bufferTooShort && error.message == [1, 2, 3, 4])
        }
        try await a.sendBytes([5])
        #expect(try await b.receiveBytes() == [5])
    }

    @Test func afterAMessageThatIsTooLongNothingIsReceived() async throws {
        let (a, b) = try Connection.pipe()
        try await a.sendBytes([1, 2, 3])
        try await a.sendBytes([4])
        await #expect { try await b.receiveBytes(maxLength: 2) } throws: {
            code($0) == .messageTooLarge
        }
        await #expect { try await b.receiveBytes() } throws: { code($0) == .notReadable }
        #expect(!b.isReadable && b.isWritable && !b.isClosed)
        try await b.sendBytes([5])
        #expect(try await a.receiveBytes() == [5])
    }

    @Test func oneThatCannotSendIsClosedThen() async throws {
        let (reader, writer) = try Connection.pipe(duplex: false)
        try await writer.sendBytes([1, 2, 3])
        await #expect { try await reader.receiveBytes(maxLength: 2) } throws: {
            code($0) == .messageTooLarge
        }
        #expect(reader.isClosed)
        await #expect { try await writer.sendBytes([1]) } throws: { code($0) == .closed }
    }

    @Test func theWrongDirectionIsAnError() async throws {
        let (reader, writer) = try Connection.pipe(duplex: false)
        #expect(reader.isReadable && !reader.isWritable)
        #expect(!writer.isReadable && writer.isWritable)
        await #expect { try await reader.send(1) } throws: { code($0) == .notWritable }
        await #expect { try await writer.receive(Int.self) } throws: { code($0) == .notReadable }
        await #expect { try await writer.poll() } throws: { code($0) == .notReadable }
        try await writer.send(1)
        #expect(try await reader.receive(Int.self) == 1)
    }

    @Test func theEndComesAfterAllMessages() async throws {
        let (a, b) = try Connection.pipe()
        try await a.send(1)
        a.close()
        #expect(a.isClosed)
        #expect(try await b.poll())
        #expect(try await b.receive(Int.self) == 1)
        #expect(try await b.poll())
        for _ in 0..<2 {
            await #expect { try await b.receive(Int.self) } throws: { code($0) == .endOfFile }
        }
        await #expect { try await a.receive(Int.self) } throws: { code($0) == .closed }
        await #expect { try await a.poll() } throws: { code($0) == .closed }
        #expect(throws: ConnectionError.self) { try a.fileDescriptor }
        let number = try b.fileDescriptor
        #expect(number >= 0)
    }

    @Test func pollingSeesAtOnceWhatWasSent() async throws {
        let (a, b) = try Connection.pipe()
        for round in 0..<1000 {
            #expect(try await b.poll() == false)
            try await a.send(round)
            #expect(try await b.poll())
            #expect(try await b.receive(Int.self) == round)
        }
        #expect(try await b.poll(timeout: .milliseconds(1)) == false)
    }

    @Test func aPollWaitsAndTakesNothing() async throws {
        let (a, b) = try Connection.pipe()
        async let polled = b.poll(timeout: nil)
        try await a.send(1)
        #expect(try await polled)
        #expect(try await b.receive(Int.self) == 1)
        let poll = Task { try await b.poll(timeout: nil) }
        poll.cancel()
        await #expect { try await poll.value } throws: { code($0) == .cancelled }
    }

    @Test func aScopeCloses() async throws {
        let (a, b) = try Connection.pipe()
        #expect(try await a.closing { _ in try await b.poll() } == false)
        #expect(a.isClosed)
        let directory = try TemporaryDirectory()
        let listener = try Listener(address: .unix(path: directory.file("s")), authkey: nil)
        async let accepted = listener.accept()
        try await Connection.withConnection(to: listener.address, authkey: nil) { connection in
            try await connection.send(1)
        }
        let server = try await accepted
        #expect(try await server.receive(Int.self) == 1)
        await #expect { try await server.receive(Int.self) } throws: { code($0) == .endOfFile }
    }

    @Test func manyMessagesKeepTheirOrder() async throws {
        let (a, b) = try Connection.pipe()
        async let sending: Void = {
            for number in 0..<2000 {
                try await a.sendBytes(Array(repeating: 1, count: number * 7 % 4000) + [0])
                try await a.send(number)
            }
        }()
        for number in 0..<2000 {
            #expect(try await b.receiveBytes().count == number * 7 % 4000 + 1)
            #expect(try await b.receive(Int.self) == number)
        }
        try await sending
    }
}

import Connections
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)))
struct BlockingConnectionTests {
    private func code(_ error: any Error) -> ConnectionError.Code? {
        (error as? ConnectionError)?.code
    }

    /// Runs something on a thread of its own.
    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
        }
    }

    @Test func threadsTalkToTasks() async throws {
        let (a, b) = try Connection.pipe()
        let line = try a.blocking()
        #expect(a.isClosed)
        let echo = Task {
            while let message = try? await b.receiveBytes() { try await b.sendBytes(message) }
        }
        try await onThread { () throws -> Void in
            for size in [0, 1, 65_535, 65_536, 3 << 20] {
                let message = [UInt8](repeating: 3, count: size)
                let sender = Thread { try? line.sendBytes(message) }
                sender.start()
                #expect(try line.receiveBytes() == message)
            }
            try line.send(["key": 1.5])
            #expect(try line.receive([String: Double].self) == ["key": 1.5])
        }
        line.close()
        try await echo.value
    }

    @Test func whatHadComeBeforeIsNotLost() async throws {
        let (a, b) = try Connection.pipe()
        for number in 0..<10 { try await a.send(number) }
        #expect(try await b.poll())
        let line = try b.blocking()
        try await a.send(10)
        try await onThread { () throws -> Void in
            for number in 0...10 { #expect(try line.receive(Int.self) == number) }
            #expect(try line.poll() == false)
        }
    }

    @Test func timeOutsLoseNothing() async throws {
        let (a, b) = try Connection.pipe()
        let line = try b.blocking()
        try await onThread { () throws -> Void in
            #expect { try line.receiveBytes(timeout: .milliseconds(5)) } throws: {
                code($0) == .timedOut
            }
            #expect(try line.poll(timeout: .milliseconds(5)) == false)
        }
        try await a.sendBytes([1])
        try await onThread { () throws -> Void in
            #expect(try line.poll(timeout: nil))
            #expect(try line.receiveBytes(timeout: .seconds(60)) == [1])
        }
    }

    @Test func theEndAndTheDirectionAreErrors() async throws {
        let (reader, writer) = try Connection.pipe(duplex: false)
        let (lines) = (try reader.blocking(), try writer.blocking())
        try await onThread { () throws -> Void in
            #expect { try lines.0.sendBytes([1]) } throws: { code($0) == .notWritable }
            #expect { try lines.1.receiveBytes() } throws: { code($0) == .notReadable }
            try lines.1.send(1)
            lines.1.close()
            #expect(try lines.0.receive(Int.self) == 1)
            #expect { try lines.0.receiveBytes() } throws: { code($0) == .endOfFile }
            #expect(try lines.0.poll())
            #expect { try lines.1.sendBytes([1]) } throws: { code($0) == .closed }
        }
    }

    @Test func closingWakesAThreadThatWaits() async throws {
        let (a, b) = try Connection.pipe()
        let line = try b.blocking()
        let waiting = Task { try await onThread { try line.receiveBytes() } }
        try await Task.sleep(for: .milliseconds(20))
        line.close()
        await #expect { try await waiting.value } throws: { code($0) == .closed }
        await #expect { try await a.receiveBytes() } throws: { code($0) == .endOfFile }
    }
}

import Foundation
import Managers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct BlockingCallsTests {
    /// Does something on a thread of its own.
    private func onThread<Outcome: Sendable>(
        _ body: @escaping @Sendable () throws -> Outcome
    ) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    @Test(arguments: TestServer.all)
    func aThreadCalls(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict(String.self, Int.self)
            let sum = try await onThread {
                let counts = dict.blocking
                for number in 0..<50 { try counts.call("__setitem__", "\(number)", number) }
                return try (0..<50).reduce(0) { try $0 + counts.call("__getitem__", "\($1)") }
            }
            #expect(sum == 1225)
            #expect(try await dict.count == 50)
        }
    }

    @Test(arguments: TestServer.all)
    func errorsAndLargeValuesComeThrough(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict(String.self, [UInt8].self)
            let large = [UInt8](repeating: 7, count: 3_000_000)
            try await onThread {
                let values = dict.blocking
                try values.call("__setitem__", "large", large)
                let back: [UInt8] = try values.call("__getitem__", "large")
                #expect(back == large)
                let error = #expect(throws: ManagerError.self) {
                    let _: [UInt8] = try values.call("__getitem__", "none")
                }
                #expect(error?.exception?.name == "KeyError")
                let size: Int = try values.call("__len__")
                #expect(size == 1)
            }
        }
    }

    @Test(arguments: TestServer.all)
    func aThreadOwnsWhatItAcquires(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            try await onThread {
                let mine = lock.blocking
                let isMine: Bool = try mine.call("acquire")
                #expect(isMine)
                let again: Bool = try mine.call("acquire", false)
                #expect(again)
                let others: Bool = try lock.blocking.call("acquire", false)
                #expect(!others)
                try mine.call("release")
                try mine.call("release")
            }
            #expect(try await lock.acquire(timeout: .seconds(20)))
        }
    }

    @Test func whatAThreadHoldsGoesWithIt() async throws {
        try await TestServer.ours(isTCP: false).runClient { manager in
            let lock = try await manager.rlock()
            try await onThread {
                let isMine: Bool = try lock.blocking.call("acquire")
                #expect(isMine)
            }
            #expect(try await lock.acquire(timeout: .seconds(60)))
        }
    }

    @Test(arguments: TestServer.all)
    func closingEndsWhoWaits(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let queue = try await manager.queue(of: Int.self)
            async let waiting: Void = onThread {
                _ = #expect(throws: ManagerError.self) {
                    let _: Int = try queue.blocking.call("get")
                }
            }
            try await Task.sleep(for: .milliseconds(100))
            await manager.close()
            try await waiting
            let error = await code { try await onThread { try queue.blocking.call("qsize") } }
            #expect(error == .closed)
        }
    }
}

import Foundation
import Processes

/// Puts numbers, each with who has put it.
struct Producer: ProcessTarget {
    struct Item: Codable, Sendable, Equatable {
        var producer: Int
        var number: Int
    }

    let queue: ProcessQueue<Item>
    let name: Int
    let count: Int

    func run() async throws {
        for number in 0..<count { try await queue.put(Item(producer: name, number: number)) }
    }
}

/// Moves items from one queue to another until there is none any more.
struct Consumer: ProcessTarget {
    let from: ProcessQueue<Producer.Item>
    let to: ProcessQueue<Producer.Item>
    let count: Int

    func run() async throws {
        for _ in 0..<count { try await to.put(try await from.get()) }
    }
}

/// Puts items of some size as long as it lives.
struct EndlessProducer: ProcessTarget {
    let queue: ProcessQueue<[UInt8]>
    let size: Int

    func run() async throws {
        while true {
            for number in 0...255 as ClosedRange<UInt8> {
                try await queue.put(Array(repeating: number, count: size))
            }
            // What waits is not to grow for ever.
            try await queue.joinFeeder()
        }
    }
}

/// Takes items as long as it lives, and says so.
struct EndlessConsumer: ProcessTarget {
    let queue: JoinableQueue<[UInt8]>

    func run() async throws {
        while true {
            _ = try await queue.get()
            try queue.taskDone()
        }
    }
}

/// Puts a long item and ends.
struct OneLongItem: ProcessTarget {
    let queue: ProcessQueue<[UInt8]>
    let size: Int
    let isExitFree: Bool

    func run() async throws {
        if isExitFree { queue.cancelJoinFeeder() }
        try await queue.put(Array(repeating: 9, count: size))
    }
}

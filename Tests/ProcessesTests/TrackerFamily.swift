import Synchronization

@testable import Processes

/// A line to a tracker of its own, as a family has it that is not this process's.
final class TrackerFamily: Sendable {
    private let line = Mutex<SegmentTracker?>(SegmentTracker())

    func start() async throws { try await line.withLock { $0 }?.start() }

    func insert(_ memory: SharedMemory) throws {
        try line.withLock { $0 }?.insert(memory.segment)
    }

    /// The last of the family ends.
    func end() {
        line.withLock { $0 = nil }
    }
}

internal import CMultiprocessing
internal import Sockets
internal import Synchronization

/// The queues of this process that have a feeder: for them its end waits. A forked child has none
/// of the feeders of its parent.
final class FeederRoster: Sendable {
    private static let rosters = PerProcess { FeederRoster() }
    static var shared: FeederRoster { rosters.value }

    private let ends = Mutex<[ObjectIdentifier: QueueEnd]>([:])

    func add(_ end: QueueEnd) {
        mp_at_exit { FeederRoster.shared.waitForAll() }
        ends.withLock { ends in
            // It may have moved all on already.
            if end.isFeeding { ends[ObjectIdentifier(end)] = end }
        }
    }

    func remove(_ end: QueueEnd) {
        // One that has a new feeder already stays.
        let gone = ends.withLock { ends in
            end.isFeeding ? nil : ends.removeValue(forKey: ObjectIdentifier(end))
        }
        // It may end here: not under the lock.
        _ = consume gone
    }

    /// Called when the process ends well.
    private func waitForAll() {
        while let end = next() {
            // Without a descriptor there is no waiting, and what was put is lost.
            guard (try? end.joinFeederBlocking()) != nil else { return }
        }
    }

    private func next() -> QueueEnd? {
        ends.withLock { ends in ends.values.first { $0.delaysExit } }
    }
}

internal import CMultiprocessing
internal import Synchronization

/// The queues of this process that have a feeder: for them its end waits.
final class FeederRoster: Sendable {
    static let shared = FeederRoster()

    private let ends = Mutex<[ObjectIdentifier: QueueEnd]>([:])

    private init() {
        mp_call_at_exit { FeederRoster.shared.waitForAll() }
    }

    func add(_ end: QueueEnd) {
        ends.withLock { $0[ObjectIdentifier(end)] = end }
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
        while let end = ends.withLock({ ends in ends.values.first { $0.delaysExit } }) {
            // Without a descriptor there is no waiting, and what was put is lost.
            guard (try? end.joinFeederBlocking()) != nil else { return }
        }
    }
}

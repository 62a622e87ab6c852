internal import CMultiprocessing
internal import Synchronization

/// The queues of this process that have a feeder: for them its end waits.
final class FeederRoster: Sendable {
    static let shared = FeederRoster()

    private struct State {
        var ends: [ObjectIdentifier: QueueEnd] = [:]
        /// Whose they are: a forked child has none of the feeders of its parent.
        var process: UInt64 = 0
    }

    private let state = Mutex(State())

    func add(_ end: QueueEnd) {
        mp_at_exit { FeederRoster.shared.waitForAll() }
        state.withLock { state in
            if state.process != mp_identity() { state = State(process: mp_identity()) }
            // It may have moved all on already.
            if end.isFeeding { state.ends[ObjectIdentifier(end)] = end }
        }
    }

    func remove(_ end: QueueEnd) {
        // One that has a new feeder already stays.
        let gone = state.withLock { state in
            end.isFeeding ? nil : state.ends.removeValue(forKey: ObjectIdentifier(end))
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
        state.withLock { state in
            guard state.process == mp_identity() else { return nil }
            return state.ends.values.first { $0.delaysExit }
        }
    }
}

internal import CMultiprocessing
internal import Connections
internal import Pickle
internal import Sockets
internal import Synchronization

/// This process's part in its family: who in it makes named segments notes them in a table, and the
/// family's tracker removes what is left of them: see ``TrackerMain``.
///
/// The table, and both ends of a line on which nobody says anything, go to every child that is
/// started.  So the line ends when the last of the family does, and whoever makes a segment can
/// start the tracker, where there is none or it has died.
final class SegmentTracker: Sendable {
    /// SAFETY: it is set once more in a child only, before anything there can ask for it.
    private nonisolated(unsafe) static var one = SegmentTracker()

    static var shared: SegmentTracker { unsafe one }

    /// How often this process starts a tracker because one has died.
    private static let restarts = 5

    /// What the family has in common.
    private struct Ties: Sendable {
        /// Where the tracker listens.
        let far: SharedDescriptor
        /// What keeps it listening.
        let near: SharedDescriptor
        /// Where the table lies.
        let file: SharedDescriptor
        /// The table, once this process has used it.
        var table: SegmentTable?
    }

    private struct State: Sendable {
        var ties: Ties?
        var restartsLeft = SegmentTracker.restarts
    }

    private let state: Mutex<State>

    /// One that has no family yet.
    convenience init() {
        self.init(nil)
    }

    private init(_ ties: Ties?) {
        state = Mutex(State(ties: ties))
    }

    // MARK: Segments

    /// Starts the tracker, if there is none.
    ///
    /// - Throws: `ProcessError` as for a child that is started.
    func start() async throws(ProcessError) {
        let table = try table()
        if table.hasTracker { return }
        _ = try await table.starting.acquire()
        defer { table.starting.release() }
        if table.hasTracker { return }
        let main = TrackerMain(line: try ties().far, table: table)
        let tracker = try await LaunchedProcess.start(main) { [weak self] _ in self?.restart() }
        table.setTracker(tracker.identifier)
    }

    /// The tracker has ended, and the family has not: somebody has killed it.
    private func restart() {
        let isWorthwhile = state.withLock { state in
            guard state.restartsLeft > 0 else { return false }
            state.restartsLeft -= 1
            return true
        }
        guard isWorthwhile else { return }
        // Not loose: it ends with the start.  Where that fails, the next maker of a segment tries.
        Task.detached { try? await self.start() }
    }

    /// Has a segment tracked.
    ///
    /// - Throws: `ProcessError` with `noRoom`, `system`.
    func insert(_ segment: TrackedSegment) throws(ProcessError) {
        try table().insert(segment)
    }

    /// A segment has been unlinked, which may have been tracked: its maker may be another process
    /// of the family.
    func remove(_ segment: TrackedSegment) {
        guard state.withLock({ $0.ties != nil }), let table = try? table() else { return }
        table.remove(segment)
    }

    private func table() throws(ProcessError) -> SegmentTable {
        _ = try ties()
        return try state.withLock { state throws(ProcessError) in
            guard let ties = state.ties else {
                throw ProcessError(.closed, "a family that is gone")
            }
            if let table = ties.table { return table }
            let table = try SegmentTable(ties.file)
            state.ties?.table = table
            return table
        }
    }

    /// What the family has in common; made with the first that asks.
    private func ties() throws(ProcessError) -> Ties {
        try state.withLock { state throws(ProcessError) in
            if let ties = state.ties { return ties }
            var ends: (Int32, Int32) = (-1, -1)
            let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
                unsafe mp_segment_line(bytes.assumingMemoryBound(to: Int32.self).baseAddress)
            }
            guard result >= 0 else { throw .system("make a line to the tracker", result) }
            let far = SharedDescriptor(Descriptor(owning: ends.0))
            let near = SharedDescriptor(Descriptor(owning: ends.1))
            let table = try SegmentTable()
            let ties = Ties(far: far, near: near, file: table.descriptor, table: table)
            state.ties = ties
            return ties
        }
    }

    // MARK: The family

    /// What a child is to have of the family: places in the luggage.  Where that has no room for
    /// it, the child begins a family of its own.
    ///
    /// - Throws: `ProcessError` with `system`.
    func pack(_ luggage: Luggage) throws(ProcessError) -> PickleValue {
        let ties = try ties()
        guard luggage.descriptors.count <= Luggage.limit - 3,
            let far = luggage.add(ties.far), let near = luggage.add(ties.near),
            let file = luggage.add(ties.file)
        else { return .none }
        return .tuple([.int(far), .int(near), .int(file)])
    }

    /// This process is a child: it takes over its parent's family, if that came.
    ///
    /// - Throws: `ProcessError` with `encoding` for what is none.
    static func begin(_ value: PickleValue, _ luggage: Luggage) throws(ProcessError) {
        let descriptors = luggage.descriptors
        // What this process was forked with is never freed: its descriptors are closed already, and
        // their numbers may be others'.
        _ = unsafe Unmanaged.passRetained(one)
        if value == .none {
            unsafe one = SegmentTracker()
            return
        }
        guard case .tuple(let parts) = value.kind, parts.count == 3,
            case .int(let far) = parts[0].kind, case .int(let near) = parts[1].kind,
            case .int(let file) = parts[2].kind,
            [far, near, file].allSatisfy(descriptors.indices.contains)
        else { throw ProcessError(.encoding, "a launch without what its family shares") }
        unsafe one = SegmentTracker(
            Ties(far: descriptors[far], near: descriptors[near], file: descriptors[file]))
    }
}

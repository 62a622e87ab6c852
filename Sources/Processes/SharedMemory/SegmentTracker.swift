internal import CMultiprocessing
internal import Connections
internal import Pickle
internal import Sockets
internal import Synchronization

/// This process's line to the tracker of its family, which removes the named segments that they
/// leave: see ``TrackerMain``.
///
/// Both ends go to every child that is started, so the line ends when the last of the family does,
/// and whoever first has something to be tracked can start the tracker.
final class SegmentTracker: Sendable {
    /// SAFETY: it is set once more in a child only, before anything there can ask for it.
    private nonisolated(unsafe) static var one = SegmentTracker()

    static var shared: SegmentTracker { unsafe one }

    private struct Line: Sendable {
        /// Where the tracker listens.
        let far: SharedDescriptor
        /// Where the family speaks.
        let near: SharedDescriptor
        /// Whether a tracker listens.
        var isServed = false
    }

    private let line: Mutex<Line?>

    /// One that has no line yet.
    init() {
        line = Mutex(nil)
    }

    private init(_ line: Line) {
        self.line = Mutex(line)
    }

    // MARK: Telling

    /// Starts the tracker, if there is none.
    ///
    /// - Throws: `ProcessError` as for a child that is started.
    func start() async throws(ProcessError) {
        let line = try open()
        guard !line.isServed else { return }
        _ = try await LaunchedProcess.start(TrackerMain(line: line.far))
        self.line.withLock { $0?.isServed = true }
    }

    /// Tells it something; a tracker that is gone is no matter.
    func tell(_ message: TrackerMessage) {
        guard let line = line.withLock({ $0 }) else { return }
        let bytes = message.bytes
        _ = unsafe bytes.withUnsafeBytes { bytes in
            unsafe mp_segment_line_send(
                line.near.descriptor.raw, bytes.baseAddress, bytes.count)
        }
    }

    private func open() throws(ProcessError) -> Line {
        try line.withLock { line throws(ProcessError) in
            if let line { return line }
            var ends: (Int32, Int32) = (-1, -1)
            let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
                unsafe mp_segment_line(bytes.assumingMemoryBound(to: Int32.self).baseAddress)
            }
            guard result >= 0 else { throw .system("make a line to the tracker", result) }
            let new = Line(
                far: SharedDescriptor(Descriptor(owning: ends.0)),
                near: SharedDescriptor(Descriptor(owning: ends.1)))
            line = new
            return new
        }
    }

    // MARK: The family

    /// The line, for a child: the places of its ends in the luggage, and whether a tracker listens.
    /// Where the luggage has no room for it, the child begins a family of its own.
    ///
    /// - Throws: `ProcessError` with `system`.
    func pack(_ luggage: Luggage) throws(ProcessError) -> PickleValue {
        let line = try open()
        guard luggage.descriptors.count <= Luggage.limit - 2,
            let far = luggage.add(line.far), let near = luggage.add(line.near)
        else { return .none }
        return .tuple([.int(far), .int(near), .bool(line.isServed)])
    }

    /// This process is a child: it takes over the line of its parent, if it came.
    ///
    /// - Throws: `ProcessError` with `encoding` for what is none.
    static func begin(_ value: PickleValue, _ luggage: Luggage) throws(ProcessError) {
        let descriptors = luggage.descriptors
        if value == .none {
            unsafe one = SegmentTracker()
            return
        }
        guard case .tuple(let parts) = value.kind, parts.count == 3,
            case .int(let far) = parts[0].kind, case .int(let near) = parts[1].kind,
            case .bool(let isServed) = parts[2].kind, descriptors.indices.contains(far),
            descriptors.indices.contains(near)
        else { throw ProcessError(.encoding, "a launch without a line to the tracker") }
        unsafe one = SegmentTracker(
            Line(far: descriptors[far], near: descriptors[near], isServed: isServed))
    }
}

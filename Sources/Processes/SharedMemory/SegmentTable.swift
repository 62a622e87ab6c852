internal import CMultiprocessing
internal import Connections
internal import Sockets

/// The named segments that a family of processes has made and not unlinked, in memory that all of
/// them share, so that it does not depend on any process of theirs, nor on the tracker.
///
/// ```text
/// 0      lock of who changes the slots (8)
/// 8      how many slots have ever been taken (8)
/// 16     lock of who starts a tracker (8)
/// 24     the tracker's process; 0 before there is one (8)
/// 32     whether nothing more is noted (8)
/// 64     the inode of each segment, 0 where a slot is free (8 each)
///  …     the rest of each slot (slot each):
///          0    device (8)
///          8    bytes of the name (8)
///          16   the name, with its slash (256)
/// ```
///
/// The inode is written last, and taken away first: a process that is killed has noted a segment,
/// or has not.  Memory is used for slots that have been taken only.
@safe struct SegmentTable: Sendable {
    /// Most segments at a time.
    static let limit = 100_000
    private static let inodes = 64
    private static let slots = inodes + 8 * limit
    private static let slot = 16 + nameLimit
    /// Most bytes of a name: a slash and what the system allows for a file's.
    private static let nameLimit = 256
    private static let byteCount = slots + slot * limit

    private let block: MemoryBlock
    private let lock: RobustLock
    private let used: SharedLongWord
    /// Held by who starts a tracker.
    let starting: RobustLock
    private let tracker: SharedLongWord
    private let closed: SharedLongWord

    /// An empty one.
    ///
    /// - Throws: `ProcessError` with `system`.
    init() throws(ProcessError) {
        self.init(try MemoryBlock(byteCount: Self.byteCount, name: "segments"))
    }

    /// One that has come.
    ///
    /// - Throws: `ProcessError` with `malformed`, `system`.
    init(_ descriptor: SharedDescriptor) throws(ProcessError) {
        let block = try MemoryBlock(descriptor)
        guard block.byteCount >= Self.byteCount else {
            throw ProcessError(.malformed, "shared memory that is no table of segments")
        }
        self.init(block)
    }

    private init(_ block: MemoryBlock) {
        self.block = block
        lock = RobustLock(in: block, at: 0)
        used = SharedLongWord(in: block, at: 8)
        starting = RobustLock(in: block, at: 16)
        tracker = SharedLongWord(in: block, at: 24)
        closed = SharedLongWord(in: block, at: 32)
    }

    /// The file in which it lies, which travels.
    var descriptor: SharedDescriptor { block.descriptor }

    // MARK: The tracker

    /// Whether there is a tracker that lives.
    var hasTracker: Bool {
        let process = tracker.value
        return process != 0 && !mp_identity_has_ended(process)
    }

    /// A process has become the tracker.
    func setTracker(_ process: Int32) {
        tracker.set(mp_identity_of(process))
    }

    // MARK: The segments

    /// Notes a segment.
    ///
    /// - Throws: `ProcessError` with `noRoom` where there are ``limit`` already, `closed`.
    func insert(_ segment: TrackedSegment) throws(ProcessError) {
        _ = lock.acquireBlocking()
        defer { lock.release() }
        guard closed.value == 0 else {
            throw ProcessError(.closed, "the manager of shared memory has been shut down")
        }
        let name = Array(segment.name.utf8.prefix(Self.nameLimit))
        let place = try freePlace()
        SharedLongWord(in: block, at: offset(place)).note = segment.device
        SharedLongWord(in: block, at: offset(place) + 8).note = UInt64(name.count)
        unsafe bytes(place).copyBytes(from: name)
        inode(place).set(segment.inode)
    }

    private func freePlace() throws(ProcessError) -> Int {
        let count = usedCount
        if let place = (0..<count).first(where: { inode($0).value == 0 }) { return place }
        guard count < Self.limit else {
            throw ProcessError(
                .noRoom, "there are \(Self.limit) tracked blocks of shared memory, and no more can")
        }
        used.set(UInt64(count + 1))
        return count
    }

    /// Forgets a segment, which has been unlinked.
    func remove(_ segment: TrackedSegment) {
        _ = lock.acquireBlocking()
        defer { lock.release() }
        for place in 0..<usedCount where inode(place).value == segment.inode {
            if self.segment(place) == segment { inode(place).set(0) }
        }
    }

    /// Takes out all that are noted; from now on nothing more is.
    func close() -> Set<TrackedSegment> {
        _ = lock.acquireBlocking()
        defer { lock.release() }
        closed.set(1)
        defer { for place in 0..<usedCount { inode(place).set(0) } }
        return segments
    }

    /// All that are noted.
    var segments: Set<TrackedSegment> {
        Set((0..<usedCount).compactMap { segment($0) })
    }

    private var usedCount: Int { Int(min(used.value, UInt64(Self.limit))) }

    private func segment(_ place: Int) -> TrackedSegment? {
        let inode = inode(place).value
        guard inode != 0 else { return nil }
        let count = SharedLongWord(in: block, at: offset(place) + 8).note
        let name = unsafe bytes(place).prefix(Int(min(count, UInt64(Self.nameLimit))))
        return TrackedSegment(
            name: unsafe String(decoding: name, as: UTF8.self),
            device: SharedLongWord(in: block, at: offset(place)).note, inode: inode)
    }

    private func inode(_ place: Int) -> SharedLongWord {
        SharedLongWord(in: block, at: Self.inodes + 8 * place)
    }

    private func offset(_ place: Int) -> Int { Self.slots + Self.slot * place }

    private func bytes(_ place: Int) -> UnsafeMutableRawBufferPointer {
        let start = offset(place) + 16
        return unsafe UnsafeMutableRawBufferPointer(
            start: block.address(of: start..<start + Self.nameLimit), count: Self.nameLimit)
    }
}

internal import CMultiprocessing
internal import Sockets
internal import Synchronization

/// A block of memory that processes share by its name: CPython's `shared_memory.SharedMemory`,
/// which may be at the other end.
///
/// ```swift
/// let memory = try await SharedMemory(create: true, size: 10)
/// try memory.write([1, 2, 3], at: 0)
/// let other = try await SharedMemory(name: memory.name)
/// print(try other.read(0..<3))
/// other.close()
/// memory.close()
/// try memory.unlink()
/// ```
///
/// The block lives until somebody unlinks it.  A tracker, a small process of its own, unlinks those
/// that the processes of this program leave: once all that were started from one another have
/// ended, in whatever way, and nobody else has the block open, a Python neither.
///
/// Nothing keeps processes from reading what others are just writing: use a ``Lock``.  A process
/// that makes the file of a block smaller, as no Python does, ends all who read what is gone.
///
/// - Note: CPython's trackers also unlink a block that their processes have only attached, before
///   3.13 always, since then where `track` is true; and they do not ask whether others use it.
public final class SharedMemory: Sendable {
    /// Its name, without a slash in front.
    public let name: String
    /// Its size in bytes.
    public let size: Int
    let segment: TrackedSegment
    private let mapping: Mutex<MemoryBlock?>

    /// Makes a block, or attaches one that is there.
    ///
    /// - Parameters:
    ///   - name: its name; nil, for a block that is made, for a new one: `psm_` and eight digits.
    ///   - create: whether it is made.
    ///   - size: how many bytes a new one has; no matter for one that is there.
    ///   - track: whether the tracker is to unlink a new one if it is left; no matter for one that
    ///     is there, which is its maker's.
    /// - Throws: ``ProcessError`` with `invalidArgument`, `exists`, `notFound`, `malformed` for an
    ///   empty block, `noRoom` where 100 000 are tracked, `system`; and, for a new one, as where
    ///   the tracker cannot be started.
    public init(
        name: String? = nil, create: Bool = false, size: Int = 0, track: Bool = true
    ) async throws(ProcessError) {
        guard size >= 0, size > 0 || !create else {
            throw ProcessError(.invalidArgument, "a shared memory block of \(size) bytes")
        }
        guard create || name != nil else {
            throw ProcessError(.invalidArgument, "a shared memory block is attached by its name")
        }
        if create && track { try await SegmentTracker.shared.start() }
        let opened =
            create
            ? try Self.made(name, size, isTracked: track) : try Self.attached(name ?? "")
        self.name = String(opened.segment.name.dropFirst())
        self.size = opened.block.byteCount
        segment = opened.segment
        mapping = Mutex(opened.block)
    }

    private init(_ opened: (block: MemoryBlock, segment: TrackedSegment)) {
        name = String(opened.segment.name.dropFirst())
        size = opened.block.byteCount
        segment = opened.segment
        mapping = Mutex(opened.block)
    }

    // MARK: Reading and writing

    /// Reads and writes its bytes where they lie.  They stay there while the body runs, also if it
    /// is closed meanwhile.
    ///
    /// - Throws: ``ProcessError`` with `closed`; and what the body throws.
    public func withUnsafeBytes<Result>(
        _ body: (UnsafeMutableRawBufferPointer) throws -> Result
    ) throws -> Result {
        let block = try block
        defer { withExtendedLifetime(block) {} }
        return try unsafe body(block.bytes)
    }

    /// Reads its bytes where they lie: `shm.buf`.
    ///
    /// - Throws: ``ProcessError`` with `closed`; and what the body throws.
    public func withBytes<Result>(_ body: (RawSpan) throws -> Result) throws -> Result {
        try unsafe withUnsafeBytes { bytes in
            try body(unsafe UnsafeRawBufferPointer(bytes).bytes)
        }
    }

    /// Changes its bytes where they lie: `shm.buf`.
    ///
    /// - Throws: ``ProcessError`` with `closed`; and what the body throws.
    public func withMutableBytes<Result>(
        _ body: (inout MutableRawSpan) throws -> Result
    ) throws -> Result {
        try unsafe withUnsafeBytes { bytes in
            var span = unsafe bytes.mutableBytes
            return try body(&span)
        }
    }

    /// Some of its bytes: `bytes(shm.buf[range])`.
    ///
    /// - Throws: ``ProcessError`` with `outOfRange`, `closed`.
    public func read(_ range: Range<Int>) throws(ProcessError) -> [UInt8] {
        let block = try block
        try check(range)
        defer { withExtendedLifetime(block) {} }
        return unsafe Array(block.bytes[range])
    }

    /// Writes bytes: `shm.buf[offset:offset + len(bytes)] = bytes`.
    ///
    /// - Throws: ``ProcessError`` with `outOfRange`, `closed`; then nothing is written.
    public func write(_ bytes: [UInt8], at offset: Int) throws(ProcessError) {
        let block = try block
        let (end, overflow) = offset.addingReportingOverflow(bytes.count)
        guard offset >= 0, !overflow else { throw outOfRange("\(offset)") }
        try check(offset..<end)
        defer { withExtendedLifetime(block) {} }
        unsafe UnsafeMutableRawBufferPointer(rebasing: block.bytes[offset...])
            .copyBytes(from: bytes)
    }

    private var block: MemoryBlock {
        get throws(ProcessError) {
            guard let block = mapping.withLock({ $0 }) else { throw .closed(name) }
            return block
        }
    }

    private func check(_ range: Range<Int>) throws(ProcessError) {
        guard range.lowerBound >= 0, range.upperBound <= size else { throw outOfRange("\(range)") }
    }

    private func outOfRange(_ what: String) -> ProcessError {
        ProcessError(.outOfRange, "\(what) of the \(size) bytes of \(name)")
    }

    // MARK: The end

    /// Gives up this process's access; the block stays.  Once more does nothing.
    public func close() {
        let block = mapping.withLock { $0.take() }
        withExtendedLifetime(block) {}
    }

    /// Takes away the block's name: it is gone when the last process that has it open closes it.
    ///
    /// - Throws: ``ProcessError`` with `notFound` where somebody has done so before, `system`.
    public func unlink() throws(ProcessError) {
        let result = unsafe segment.name.withCString { unsafe mp_segment_unlink($0) }
        guard result >= 0 else { throw Self.failure(segment.name, "unlink", result) }
        SegmentTracker.shared.remove(segment)
    }
}

// MARK: Opening

extension SharedMemory {
    fileprivate typealias Opened = (block: MemoryBlock, segment: TrackedSegment)

    private static func made(
        _ name: String?, _ size: Int, isTracked: Bool
    ) throws(ProcessError) -> Opened {
        var result: Int32 = 0
        var path = ""
        repeat {
            path = try fullName(name ?? randomName())
            result = unsafe path.withCString { unsafe mp_segment_create($0, Int64(size)) }
        } while name == nil && result == -MP_EEXIST
        guard result >= 0 else { throw failure(path, "make", result) }
        do throws(ProcessError) {
            let opened = try mapped(result, path)
            if isTracked { try SegmentTracker.shared.insert(opened.segment) }
            return opened
        } catch {
            _ = unsafe path.withCString { unsafe mp_segment_unlink($0) }
            throw error
        }
    }

    fileprivate static func attached(_ name: String) throws(ProcessError) -> Opened {
        let path = try fullName(name)
        let result = unsafe path.withCString { unsafe mp_segment_open($0) }
        guard result >= 0 else { throw failure(path, "attach", result) }
        return try mapped(result, path)
    }

    private static func mapped(_ raw: Int32, _ path: String) throws(ProcessError) -> Opened {
        let descriptor = SharedDescriptor(Descriptor(owning: raw))
        var (device, inode): (UInt64, UInt64) = (0, 0)
        let identified = unsafe mp_segment_identify(raw, &device, &inode)
        let size = mp_memory_size(raw)
        guard identified >= 0, size >= 0 else { throw failure(path, "look at", identified) }
        guard size > 0 else {
            throw ProcessError(.malformed, "the shared memory block \(path) is empty")
        }
        return (
            try MemoryBlock(mapping: descriptor, byteCount: Int(size)),
            TrackedSegment(name: path, device: device, inode: inode)
        )
    }

    private static func randomName() -> String {
        let digits = String(UInt32.random(in: 0 ... .max), radix: 16)
        return "psm_" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// As the system has it: with a slash in front, and no other.
    private static func fullName(_ name: String) throws(ProcessError) -> String {
        let bare = name.drop { $0 == "/" }
        let isName = !bare.isEmpty && bare.utf8.count <= 255
        guard isName, !bare.utf8.contains(UInt8(ascii: "/")), !bare.utf8.contains(0) else {
            throw ProcessError(.invalidArgument, "'\(name)' names no shared memory block")
        }
        return "/" + bare
    }

    private static func failure(_ path: String, _ what: String, _ result: Int32) -> ProcessError {
        switch result {
        case -MP_EEXIST:
            ProcessError(.exists, "the shared memory block \(path) is there already")
        case -MP_ENOENT: ProcessError(.notFound, "there is no shared memory block \(path)")
        default: .system("\(what) the shared memory block \(path)", result)
        }
    }
}

extension SharedMemory: Codable {
    /// Attaches the block of the name that was sent.
    ///
    /// - Throws: ``ProcessError`` with `notFound`, `system`; `DecodingError`.
    public convenience init(from decoder: any Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        self.init(try Self.attached(name))
    }

    /// Sends the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

internal import Connections

/// Makes blocks of shared memory that end together: CPython's
/// `multiprocessing.managers.SharedMemoryManager`.
///
/// ```swift
/// try await withSharedMemoryManager { manager in
///     let list = try await manager.list([1, 2, 3])
///     let child = ChildProcess(Change(name: list.memory.name))
///     …
/// }   // all its blocks have been unlinked
/// ```
///
/// It travels as a ``Lock`` does: a child that has it may make blocks too, and they end with the
/// others.  Where the processes are killed before the end, the tracker of their family removes the
/// blocks: see ``SharedMemory``.
///
/// - Note: CPython's is a server in a process of its own, which knows the names; here they lie in
///   shared memory, so there is nothing to be started or connected to.
public final class SharedMemoryManager: Sendable, Codable {
    private let table: SegmentTable
    /// Whether its blocks end with this object.
    private let isOwner: Bool

    /// Makes one without blocks.  They end with this object, if not before.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public init() throws(ProcessError) {
        table = try SegmentTable()
        isOwner = true
    }

    deinit {
        if isOwner { shutdown() }
    }

    /// Makes a block: `smm.SharedMemory(size)`.
    ///
    /// - Throws: ``ProcessError`` with `closed` after ``shutdown()``, `noRoom` where it has 100 000
    ///   already, and as ``SharedMemory``.
    public func memory(size: Int) async throws(ProcessError) -> SharedMemory {
        let memory = try await SharedMemory(create: true, size: size)
        try keep(memory)
        return memory
    }

    /// Makes a list: `smm.ShareableList(items)`.
    ///
    /// - Throws: as ``memory(size:)``, and as ``ShareableList``.
    public func list(_ items: [ShareableItem]) async throws(ProcessError) -> ShareableList {
        let list = try await ShareableList(items)
        try keep(list.memory)
        return list
    }

    private func keep(_ memory: SharedMemory) throws(ProcessError) {
        do throws(ProcessError) {
            try table.insert(memory.segment)
        } catch {
            try? memory.unlink()
            throw error
        }
    }

    /// Unlinks all blocks that it has made, in whatever process; who has one open keeps it until he
    /// closes it.  Nothing more is made.  Once more does nothing.
    public func shutdown() {
        for segment in table.close() where segment.unlink() {
            SegmentTracker.shared.remove(segment)
        }
    }

    // MARK: Travelling

    /// Takes the manager out of the luggage that came with a message or at the start of this
    /// process.
    ///
    /// - Throws: `DecodingError` where none came; ``ProcessError`` with `malformed` where it is
    ///   something else.
    public init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer().decode(Int.self)
        table = try SegmentTable(Luggage.of(decoder).descriptor(at: place, for: decoder))
        isOwner = false
    }

    /// Puts the manager into the luggage of what is encoded.
    ///
    /// - Throws: `EncodingError` where it is for no process of this host.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(try Luggage.of(encoder).add(table.descriptor, for: encoder))
    }
}

/// Does something with a manager of shared memory, and unlinks its blocks however that ends.
///
/// - Throws: what `body` throws; ``ProcessError`` with `system`.
public func withSharedMemoryManager<Outcome>(
    _ body: (SharedMemoryManager) async throws -> Outcome
) async throws -> Outcome {
    let manager = try SharedMemoryManager()
    defer { manager.shutdown() }
    return try await body(manager)
}

import Pickle

/// How many bytes all objects of a store hold, and how many they may.
///
/// Counted is what an object holds for its clients, with what that takes around it: places in
/// tables, the heads of blocks of memory. Each change counts for itself; reading counts nothing.
///
/// SAFETY: exclusive access is not checked at run time: one thread is at it, the store's, and each
/// access ends before the next begins.
final class StoreMemory {
    /// What an object takes that holds nothing, in bytes.
    static let objectSize = 512

    /// How many bytes all objects may hold.
    let limit: Int
    /// How many bytes one may.
    let objectLimit: Int
    /// How many elements one may have.
    let elementLimit: Int
    /// How many items may stand in a queue.
    let queueLimit: Int
    /// How many bytes are counted for objects and what waits.
    @safe @exclusivity(unchecked) private var counted = 0
    /// How many bytes graphs hold besides, of which some parts have gone; below 0 where these were
    /// the larger ones.
    let stranded = StrandedBytes()

    /// How many bytes are held. Parts of graphs that nobody counts now may make it too little, yet
    /// never less than nothing.
    var used: Int { max(0, counted + stranded.count) }

    init(_ limits: StoreLimits) {
        limit = limits.bytes
        objectLimit = limits.objectBytes
        elementLimit = min(limits.elements, DictTable.placeLimit)
        queueLimit = limits.queueLength
    }

    /// - Throws: MemoryError, where so many bytes more are too many.
    @inline(__always)
    func check(_ more: Int) throws(Failure) {
        guard more <= limit - used else { throw .overLimit(.bytes, "\(limit) bytes in all") }
    }

    /// Counts so many bytes more.
    ///
    /// - Throws: MemoryError, where that is too many.
    @inline(__always)
    func take(_ bytes: Int) throws(Failure) {
        try check(bytes)
        counted += bytes
    }

    /// Counts bytes for which there was room once, or that are there anyway.
    @inline(__always)
    func add(_ bytes: Int) { counted += bytes }

    /// Counts so many bytes less.
    @inline(__always)
    func giveBack(_ bytes: Int) { counted -= bytes }

    /// - Throws: MemoryError, where an object may not have so many elements.
    @inline(__always)
    func check(elements: Int) throws(Failure) {
        guard elements <= elementLimit else {
            throw .overLimit(.elements, "\(elementLimit) elements")
        }
    }
}

/// How many bytes one object holds. They are given back with this value's end.
struct HeldBytes: ~Copyable {
    /// Where they are counted too; nil for what is not shared, but made for one reply.
    private(set) var memory: StoreMemory?
    private(set) var count = 0

    init(_ memory: StoreMemory?) {
        self.memory = memory
    }

    deinit { memory?.giveBack(count) }

    /// - Throws: MemoryError, where so many bytes more are too many.
    @inline(__always)
    func check(_ more: Int) throws(Failure) {
        guard let memory, more > 0 else { return }
        guard more <= memory.objectLimit - count else {
            throw .overLimit(.objectBytes, "\(memory.objectLimit) bytes an object")
        }
        try memory.check(more)
    }

    /// Counts what has been counted here alone there too, instead of as many bytes that go then.
    ///
    /// - Throws: MemoryError, where that is too many.
    mutating func enter(_ memory: StoreMemory, insteadOf gone: Int) throws(Failure) {
        guard count <= memory.objectLimit || count <= gone else {
            throw .overLimit(.objectBytes, "\(memory.objectLimit) bytes an object")
        }
        if count > gone { try memory.check(count - gone) }
        self.memory = memory
        memory.add(count)
    }

    /// Counts so many bytes more, or less where that is below 0.
    ///
    /// - Throws: MemoryError, where that is too many.
    @inline(__always)
    mutating func change(by more: Int) throws(Failure) {
        try check(more)
        add(more)
    }

    /// The same without a limit.
    @inline(__always)
    mutating func add(_ more: Int) {
        count += more
        memory?.add(more)
    }
}

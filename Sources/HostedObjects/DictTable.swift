import Pickle

/// Keys and values in the order of their insertion, found by Python's equality.
///
/// Laid out as CPython's dict: an index of places, open addressing, over a dense list of entries in
/// which removed ones leave a gap until the next rebuild.
///
/// Owned by one dict; an iterator over the dict shares it.
///
/// SAFETY: `place` is this object's from init to deinit; nothing in the storage calls back.
@safe final class DictTable {
    /// Behind a pointer because each access to a class's own variable is checked at run time.
    private let place: UnsafeMutablePointer<DictStorage>

    /// How many places the index can tell apart.
    static let placeLimit = 1 << 30

    /// - Parameter memory: where it is counted what the entries take; nil for a table that is made
    ///   for one reply.
    init(_ memory: StoreMemory? = nil) {
        unsafe place = .allocate(capacity: 1)
        unsafe place.initialize(to: DictStorage(memory))
    }

    deinit {
        unsafe place.deinitialize(count: 1)
        unsafe place.deallocate()
    }

    /// How many entries there are.
    var count: Int { unsafe place.pointee.count }

    /// Where entries may stand: places below this one. Some of them are gaps.
    var endPlace: Int { unsafe place.pointee.endPlace }

    /// The entry at a place, nil for a gap.
    subscript(_ place: Int) -> DictRecord? { unsafe self.place.pointee[place] }

    /// The entries in order.
    var entries: some Sequence<DictRecord> { (0..<endPlace).lazy.compactMap { self[$0] } }

    /// The entry with that key.
    @inline(__always)
    func find(_ key: DictKey) -> DictRecord? { unsafe place.pointee.find(key) }

    /// Sets a value. The key's body is asked for only if the key is new.
    @inline(__always)
    func set(
        _ key: DictKey, _ value: DictValue, keyBody: () throws(Failure) -> [UInt8]
    ) throws(Failure) {
        try unsafe place.pointee.set(key, value, keyBody: keyBody)
    }

    /// The same of a value that may be kept.
    func set(
        _ key: DictKey, _ value: PickledValue, keyBody: () throws(Failure) -> [UInt8]
    ) throws(Failure) {
        if value.part != nil { unsafe place.pointee.mayHoldParts = true }
        try DictValue.with(value) { (value) throws(Failure) in
            try set(key, value, keyBody: keyBody)
        }
    }

    /// Removes an entry; its key and value, nil if there is none.
    func remove(_ key: DictKey) -> (key: PickledValue, value: PickledValue)? {
        unsafe place.pointee.remove(key)
    }

    /// Removes the entry that came last.
    func removeLast() -> (key: PickledValue, value: PickledValue)? {
        unsafe place.pointee.removeLast()
    }

    /// Whether a value may be a part of a graph: one was, since the table was empty.
    var mayHoldParts: Bool { unsafe place.pointee.mayHoldParts }

    /// Removes everything.
    func removeAll() { unsafe place.pointee = DictStorage(place.pointee.memory) }

    /// How many bytes the entries take.
    var byteCount: Int { unsafe place.pointee.byteCount }

    /// Counts what has been counted for nobody, instead of what a table takes that goes then.
    ///
    /// - Throws: MemoryError, where there is no room for it.
    func enter(_ memory: StoreMemory, insteadOf other: DictTable) throws(Failure) {
        try unsafe place.pointee.enter(memory, insteadOf: other.byteCount)
    }

    /// - Throws: MemoryError, where there is no room for all of these, each of them new or instead
    ///   of what is there under its key. A key that comes twice counts twice; behind one that is no
    ///   key nothing counts, for nothing of that will be set.
    func check(
        _ entries: some Sequence<(key: PickledValue, value: PickledValue)>
    ) throws(Failure) {
        var room = DictRoom()
        do throws(Failure) {
            for (key, value) in entries {
                try DictKey.with(key) { (view) throws(Failure) in
                    try DictValue.with(value) { (value) throws(Failure) in
                        unsafe place.pointee.add(view, key.body.count, value, to: &room)
                    }
                }
            }
        } catch {
            // Setting that entry will say what is wrong with it.
        }
        try unsafe place.pointee.check(room)
    }
}

/// What a ``DictTable`` holds.
///
/// SAFETY: the three buffers are this value's, from `allocate` to deinit. The index has at least
/// one slot that is 0, so each search ends; its other numbers are places below `endPlace`, plus 1,
/// and below that `hashes` and `records` are set.
@safe private struct DictStorage: ~Copyable {
    /// 0: free; `removed`: was taken; else the place of an entry, plus 1. As many slots as a power
    /// of two.
    private var index = unsafe UnsafeMutableBufferPointer<UInt32>(start: nil, count: 0)
    private var hashes = unsafe UnsafeMutableBufferPointer<UInt32>(start: nil, count: 0)
    private var records = unsafe UnsafeMutableBufferPointer<DictRecord?>(start: nil, count: 0)
    /// How many entries may still come before the next rebuild; CPython's `dk_usable`.
    private var usable = 0
    /// Entries and gaps stand below this place.
    private(set) var endPlace = 0
    /// How many entries there are.
    private(set) var count = 0
    private var held: HeldBytes
    /// Whether a value has been a part of a graph.
    var mayHoldParts = false

    private static let removed = UInt32.max

    init(_ memory: StoreMemory?) {
        held = HeldBytes(memory)
        allocate(8)
    }

    var memory: StoreMemory? { held.memory }
    var byteCount: Int { held.count }

    mutating func enter(_ memory: StoreMemory, insteadOf gone: Int) throws(Failure) {
        try memory.check(elements: count)
        try held.enter(memory, insteadOf: gone)
    }

    deinit {
        for place in 0..<endPlace { unsafe records[place]?.deallocate() }
        unsafe index.deallocate()
        unsafe hashes.deallocate()
        unsafe records.deallocate()
    }

    /// The entry at a place below ``endPlace``, nil for a gap.
    subscript(_ place: Int) -> DictRecord? {
        precondition(place >= 0 && place < endPlace, "no entry stands there")
        return unsafe records[place]
    }

    @inline(__always)
    func find(_ key: DictKey) -> DictRecord? {
        slot(of: key).flatMap { unsafe records[place(at: $0)] }
    }

    @inline(__always)
    private func place(at slot: Int) -> Int { unsafe Int(index[slot]) - 1 }

    /// The slot of the index that leads to the key.
    @inline(__always)
    private func slot(of key: DictKey) -> Int? {
        // Nobody finds a nan.
        if key.tag == DictKey.nan { return nil }
        let mask = unsafe index.count - 1
        var slot = Int(key.hash) & mask
        while unsafe index[slot] != 0 {
            if unsafe index[slot] != Self.removed {
                let place = place(at: slot)
                if unsafe hashes[place] == key.hash, let record = unsafe records[place],
                    record.has(key)
                {
                    return slot
                }
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    @inline(__always)
    mutating func set(
        _ key: DictKey, _ value: DictValue, keyBody: () throws(Failure) -> [UInt8]
    ) throws(Failure) {
        guard unsafe value.body.count <= DictRecord.valueLimit else {
            throw .value("over the limit: \(DictRecord.valueLimit) bytes a value")
        }
        if let slot = slot(of: key) {
            let place = place(at: slot)
            guard let record = unsafe records[place] else { return }
            try held.change(by: value.heldSize - record.valueSize)
            unsafe records[place] = record.replacing(value)
            return
        }
        try insert(key, key.kept(try keyBody()), value)
    }

    private mutating func insert(
        _ key: DictKey, _ body: [UInt8], _ value: DictValue
    ) throws(Failure) {
        guard body.count <= DictRecord.keyLimit else {
            throw .value("over the limit: \(DictRecord.keyLimit) bytes a key")
        }
        try memory?.check(elements: count + 1)
        let size = DictRecord.size(key, keyCount: body.count, value)
        try held.change(by: size + (usable == 0 ? tableGrowth(for: 0) : 0))
        if usable == 0 { rebuild() }
        usable -= 1
        unsafe records[endPlace] = DictRecord(key, keyBody: body, value: value)
        // Each nan in a slot of its own: many of one hash would be looked through one by one.
        unsafe hashes[endPlace] =
            key.tag == DictKey.nan ? KeyHash.of(place: endPlace) : key.hash
        link(endPlace)
        endPlace += 1
        count += 1
    }

    mutating func remove(_ key: DictKey) -> (key: PickledValue, value: PickledValue)? {
        guard let slot = slot(of: key) else { return nil }
        return remove(at: place(at: slot), slot: slot)
    }

    mutating func removeLast() -> (key: PickledValue, value: PickledValue)? {
        // As in CPython only this closes gaps at the end, which an iterator could notice.
        while endPlace > 0, unsafe records[endPlace - 1] == nil { endPlace -= 1 }
        guard endPlace > 0 else { return nil }
        let mask = unsafe index.count - 1
        var slot = unsafe Int(hashes[endPlace - 1]) & mask
        while place(at: slot) != endPlace - 1 { slot = (slot + 1) & mask }
        defer { endPlace -= 1 }
        return remove(at: endPlace - 1, slot: slot)
    }

    private mutating func remove(at place: Int, slot: Int) -> (
        key: PickledValue, value: PickledValue
    )? {
        guard let record = unsafe records[place] else { return nil }
        unsafe index[slot] = Self.removed
        count -= 1
        held.add(-record.size)
        defer { record.deallocate() }
        unsafe records[place] = nil
        return (record.keyValue, record.valueValue)
    }

    private mutating func link(_ place: Int) {
        let mask = unsafe index.count - 1
        var slot = unsafe Int(hashes[place]) & mask
        while unsafe index[slot] != 0, unsafe index[slot] != Self.removed {
            slot = (slot + 1) & mask
        }
        unsafe index[slot] = UInt32(place + 1)
    }

    /// Closes the gaps and gives the index room for as many entries again.
    private mutating func rebuild() {
        let (oldIndex, oldHashes, oldRecords) = unsafe (index, hashes, records)
        let oldEnd = endPlace
        allocate(Self.indexSize(for: count))
        endPlace = 0
        for place in 0..<oldEnd {
            guard let record = unsafe oldRecords[place] else { continue }
            unsafe records[endPlace] = record
            unsafe hashes[endPlace] = oldHashes[place]
            link(endPlace)
            endPlace += 1
        }
        usable -= endPlace
        unsafe oldIndex.deallocate()
        unsafe oldHashes.deallocate()
        unsafe oldRecords.deallocate()
    }

    // MARK: Counting

    /// How many slots the index has after a rebuild.
    private static func indexSize(for count: Int) -> Int {
        var size = 8
        while size < count * 3 { size *= 2 }
        return size
    }

    /// What an index of so many slots takes, with the entries' places, in bytes.
    private static func tableSize(_ slots: Int) -> Int {
        slots * 4 + slots * 2 / 3 * (4 + MemoryLayout<DictRecord?>.stride)
    }

    /// By how many bytes the table grows, at most, when so many entries come for which there is no
    /// room now. The smallest one counts nothing.
    private func tableGrowth(for more: Int) -> Int {
        let before = unsafe index.count > 8 ? Self.tableSize(index.count) : 0
        let after = Self.indexSize(for: count + more)
        return (after > 8 ? Self.tableSize(after) : 0) - before
    }

    /// Adds what an entry takes.
    func add(_ key: DictKey, _ keyCount: Int, _ value: DictValue, to room: inout DictRoom) {
        if let record = find(key) {
            // What becomes shorter may come after what becomes longer: it makes no room.
            room.bytes += max(0, value.heldSize - record.valueSize)
        } else {
            room.bytes += DictRecord.size(key, keyCount: keyCount, value)
            room.count += 1
        }
    }

    /// - Throws: MemoryError, where there is no such room.
    func check(_ room: DictRoom) throws(Failure) {
        try memory?.check(elements: count + room.count)
        let growth = room.count > usable ? max(0, tableGrowth(for: room.count)) : 0
        try held.check(room.bytes + growth)
    }

    /// Makes room for an index of so many slots, and entries for two thirds of them.
    private mutating func allocate(_ size: Int) {
        unsafe index = .allocate(capacity: size)
        unsafe index.initialize(repeating: 0)
        usable = size * 2 / 3
        unsafe hashes = .allocate(capacity: size * 2 / 3)
        unsafe records = .allocate(capacity: size * 2 / 3)
    }
}

/// What several entries take that are not in a table yet.
struct DictRoom {
    var bytes = 0
    /// How many of them are new.
    var count = 0
}

extension DictRecord {
    /// The key, to be kept.
    var keyValue: PickledValue { unsafe PickledValue(body: Array(key)) }
    /// The value, to be kept.
    var valueValue: PickledValue {
        if let part = long?.part { return PickledValue(part) }
        return unsafe PickledValue(body: long.map { Array($0.body) } ?? Array(value))
    }
}

/// Writes values of a dict one after the other; those that share parts go on sharing them.
struct DictValueWriter {
    private var graphs: GraphWriter?

    /// - Parameter table: all of its values will be written, in their order, and perhaps the keys
    ///   between them.
    init(_ table: DictTable) {
        guard table.mayHoldParts else { return }
        graphs = GraphWriter(table.entries.lazy.flatMap { [$0.keyValue, $0.valueValue] })
    }

    @inline(__always)
    mutating func write(_ record: DictRecord, to out: inout BodyWriter) {
        guard graphs != nil, let part = record.long?.part else { return out.value(of: record) }
        graphs?.write(PickledValue(part), to: &out)
    }
}

extension BodyWriter {
    /// Writes the value of a record.
    @inline(__always)
    mutating func value(of record: DictRecord) {
        if let long = record.long { return append(long) }
        unsafe append(raw: record.value)
    }

    private mutating func append(_ long: DictRecord.Long) {
        if let part = long.part { body(PickledValue(part)) } else { append(body: long.body) }
    }

    /// Writes a dict.
    mutating func dict(_ table: DictTable) {
        append(.emptyDict)
        guard table.count > 0 else { return }
        append(.mark)
        var values = DictValueWriter(table)
        for record in table.entries {
            unsafe append(raw: record.key)
            values.write(record, to: &self)
        }
        append(.setItems)
    }
}

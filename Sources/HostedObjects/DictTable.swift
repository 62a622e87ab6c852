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

    private var storage: DictStorage {
        _read { yield unsafe place.pointee }
        _modify { yield unsafe &place.pointee }
    }

    init() {
        unsafe place = .allocate(capacity: 1)
        unsafe place.initialize(to: DictStorage())
    }

    deinit {
        storage.removeAll()
        unsafe place.deinitialize(count: 1)
        unsafe place.deallocate()
    }

    /// How many entries there are.
    var count: Int { storage.count }

    /// Where entries may stand: places below this one. Some of them are gaps.
    var endPlace: Int { storage.records.count }

    /// The entry at a place, nil for a gap.
    subscript(_ place: Int) -> DictRecord? { storage.records[place] }

    /// The entries in order.
    var entries: some Sequence<DictRecord> { storage.records.lazy.compactMap { $0 } }

    /// The entry with that key.
    @inline(__always)
    func find(_ key: DictKey) -> DictRecord? { storage.find(key) }

    /// Sets a value. The key's body is asked for only if the key is new.
    func set(
        _ key: DictKey, _ value: [UInt8], keyBody: () throws(Failure) -> [UInt8]
    ) throws(Failure) {
        try storage.set(key, value, keyBody: keyBody)
    }

    /// Removes an entry; its key and value, nil if there is none.
    func remove(_ key: DictKey) -> (key: PickledValue, value: PickledValue)? {
        storage.remove(key)
    }

    /// Removes the entry that came last.
    func removeLast() -> (key: PickledValue, value: PickledValue)? { storage.removeLast() }

    /// Removes everything.
    func removeAll() { storage.removeAll() }
}

/// What a ``DictTable`` holds. It does not free the records by itself.
private struct DictStorage {
    private(set) var records: [DictRecord?] = []
    private var hashes: [UInt32] = []
    /// 0: free; `removed`: was taken; else the place of an entry, plus 1.
    private var index = [UInt32](repeating: 0, count: 8)
    private var removedInIndex = 0
    /// How many entries there are.
    private(set) var count = 0

    private static let removed = UInt32.max

    @inline(__always)
    func find(_ key: DictKey) -> DictRecord? {
        slot(of: key).flatMap { records[Int(index[$0]) - 1] }
    }

    /// The slot of the index that leads to the key.
    @inline(__always)
    private func slot(of key: DictKey) -> Int? {
        let mask = index.count - 1
        var slot = Int(key.hash) & mask
        while index[slot] != 0 {
            if index[slot] != Self.removed {
                let place = Int(index[slot]) - 1
                if hashes[place] == key.hash, let record = records[place], record.has(key) {
                    return slot
                }
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    mutating func set(
        _ key: DictKey, _ value: [UInt8], keyBody: () throws(Failure) -> [UInt8]
    ) throws(Failure) {
        guard value.count <= DictRecord.valueLimit else {
            throw .value("over the limit: \(DictRecord.valueLimit) bytes a value")
        }
        if let slot = slot(of: key) {
            let place = Int(index[slot]) - 1
            records[place] = records[place]?.replacing(value)
            return
        }
        let body = key.kept(try keyBody())
        guard body.count <= DictRecord.keyLimit else {
            throw .value("over the limit: \(DictRecord.keyLimit) bytes a key")
        }
        if (records.count + removedInIndex + 1) * 3 > index.count * 2 { rebuild() }
        records.append(DictRecord(key, keyBody: body, value: value))
        hashes.append(key.hash)
        link(records.count - 1)
        count += 1
    }

    mutating func remove(_ key: DictKey) -> (key: PickledValue, value: PickledValue)? {
        guard let slot = slot(of: key) else { return nil }
        return remove(at: Int(index[slot]) - 1, slot: slot)
    }

    mutating func removeLast() -> (key: PickledValue, value: PickledValue)? {
        guard let place = records.lastIndex(where: { $0 != nil }) else { return nil }
        let mask = index.count - 1
        var slot = Int(hashes[place]) & mask
        while Int(index[slot]) != place + 1 { slot = (slot + 1) & mask }
        return remove(at: place, slot: slot)
    }

    private mutating func remove(at place: Int, slot: Int) -> (
        key: PickledValue, value: PickledValue
    )? {
        guard let record = records[place] else { return nil }
        index[slot] = Self.removed
        removedInIndex += 1
        count -= 1
        defer { record.deallocate() }
        records[place] = nil
        // Gaps at the end go at once, so that taking from the end stays cheap.
        while case .some(nil) = records.last {
            records.removeLast()
            hashes.removeLast()
        }
        return (record.keyValue, record.valueValue)
    }

    mutating func removeAll() {
        for record in records { record?.deallocate() }
        records = []
        hashes = []
        index = [UInt32](repeating: 0, count: 8)
        removedInIndex = 0
        count = 0
    }

    private mutating func link(_ place: Int) {
        let mask = index.count - 1
        var slot = Int(hashes[place]) & mask
        while index[slot] != 0, index[slot] != Self.removed { slot = (slot + 1) & mask }
        if index[slot] == Self.removed { removedInIndex -= 1 }
        index[slot] = UInt32(place + 1)
    }

    /// Closes the gaps and gives the index room for as many entries again.
    private mutating func rebuild() {
        if count < records.count {
            let kept = records.indices.filter { records[$0] != nil }
            hashes = kept.map { hashes[$0] }
            records = kept.map { records[$0] }
        }
        var size = 8
        while size < count * 3 { size *= 2 }
        index = [UInt32](repeating: 0, count: size)
        removedInIndex = 0
        for place in records.indices { link(place) }
    }
}

extension DictRecord {
    /// The key, to be kept.
    var keyValue: PickledValue { unsafe PickledValue(body: Array(key)) }
    /// The value, to be kept.
    var valueValue: PickledValue { unsafe PickledValue(body: Array(value)) }
}

extension BodyWriter {
    /// Writes a dict.
    mutating func dict(_ table: DictTable) {
        append(.emptyDict)
        guard table.count > 0 else { return }
        append(.mark)
        for record in table.entries {
            unsafe bytes.append(contentsOf: record.key)
            unsafe bytes.append(contentsOf: record.value)
        }
        append(.setItems)
    }
}

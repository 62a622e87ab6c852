/// The locks and semaphores that somebody holds, each as often as it is noted.
struct Holdings {
    private struct Entry {
        let object: ObjectID
        /// How often in a row it is noted.
        var count: Int
    }

    private var entries: [Entry] = []
    private var pruning = Pruning()

    /// - Parameter table: the objects that exist: those that were dropped while they were held must
    ///   not gather.
    mutating func append(_ object: ObjectID, of table: ObjectTable) {
        if let last = entries.indices.last, entries[last].object == object {
            entries[last].count += 1
            return
        }
        if pruning.isDue(at: entries.count) {
            entries.removeAll { table.place($0.object) == nil }
            pruning.isDone(at: entries.count)
        }
        entries.append(Entry(object: object, count: 1))
    }

    mutating func remove(_ object: ObjectID) {
        guard let index = entries.lastIndex(where: { $0.object == object }) else { return }
        entries[index].count -= 1
        if entries[index].count == 0 { entries.remove(at: index) }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Takes them all, each once, in the order in which they came.
    mutating func takeAll() -> [ObjectID] {
        defer { entries = [] }
        var seen: Set<ObjectID> = []
        return entries.map(\.object).filter { seen.insert($0).inserted }
    }
}

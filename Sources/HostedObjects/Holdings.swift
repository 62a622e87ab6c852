/// The locks and semaphores that somebody holds, each as often as it is noted.
struct Holdings {
    private var objects: [ObjectID] = []
    private var pruning = Pruning()

    /// - Parameter table: the objects that exist: those that were dropped while they were held must
    ///   not gather.
    mutating func append(_ object: ObjectID, of table: ObjectTable) {
        if pruning.isDue(at: objects.count) {
            objects.removeAll { table.place($0) == nil }
            pruning.isDone(at: objects.count)
        }
        objects.append(object)
    }

    mutating func remove(_ object: ObjectID) {
        guard let index = objects.lastIndex(of: object) else { return }
        objects.remove(at: index)
    }

    var isEmpty: Bool { objects.isEmpty }

    /// Takes them all, in the order in which they came.
    mutating func takeAll() -> [ObjectID] {
        defer { objects = [] }
        return objects
    }
}

import Pickle

// Proxies stored in hosted objects: they count for nobody, but keep what they stand for.
extension ObjectStore {
    /// Notes the proxies among a request's values.
    mutating func nestProxies(
        _ bytes: UnsafeRawBufferPointer, in holder: ObjectID
    ) throws(Failure) {
        guard unsafe ProxyReference.mayOccur(in: bytes) else { return }
        let references: [ProxyReference]
        do {
            references = try unsafe PickleValue(pickle: Array(bytes)).proxyReferences
        } catch {
            throw Failure(error).asTraceback()
        }
        for reference in references {
            guard let id = ObjectID(reference.token.id) else { continue }
            call.table.nest(id, in: holder)
        }
    }

    /// When strays are looked after next.
    var nextCollection: Instant? { call.table.strays > 0 ? collectionDue : nil }

    mutating func scheduleCollection() {
        guard call.table.strays > 0, collectionDue == nil else { return }
        collectionDue = call.now.advanced(seconds: limits.strayGrace)
    }

    /// Removes the objects that nobody counts and no living object holds: a tracing collector, so that
    /// cycles of proxies go too. Those whose grace is not over stay.
    mutating func collect() {
        collectionDue = nil
        var reached = [Bool](repeating: false, count: call.table.entries.count)
        var pending: [Int] = []
        for (place, entry) in call.table.entries.enumerated() where isRoot(entry) {
            reached[place] = true
            pending.append(place)
        }
        while let place = pending.popLast() {
            guard call.table.entries[place].holdsProxies, let object = call.table.entries[place].object else {
                continue
            }
            for id in object.contents.flatMap(Self.proxies) {
                guard let inner = call.table.place(id), !reached[inner] else { continue }
                reached[inner] = true
                pending.append(inner)
            }
        }
        for place in call.table.entries.indices
        where !reached[place] && call.table.entries[place].strayedAt != nil {
            if let dropped = call.table.remove(place) { dismiss(dropped) }
        }
        scheduleCollection()
    }

    private func isRoot(_ entry: ObjectTable.Entry) -> Bool {
        guard let object = entry.object else { return false }
        if entry.references > 0 || entry.isNamed { return true }
        if object.waiterLists.contains(where: { !call.waiters.isEmpty($0) }) { return true }
        guard let end = entry.strayedAt?.advanced(seconds: limits.strayGrace) else { return true }
        return call.now < end
    }

    private static func proxies(in value: PickledValue) -> [ObjectID] {
        let mayOccur = unsafe value.body.withUnsafeBytes { unsafe ProxyReference.mayOccur(in: $0) }
        guard mayOccur, let decoded = try? value.decoded() else { return [] }
        return decoded.proxyReferences.compactMap { ObjectID($0.token.id) }
    }

    /// An object has left the table: whoever waits for it is told.
    mutating func dismiss(_ object: any HostedObject) {
        for list in object.waiterLists {
            call.failAll(
                in: list,
                Failure("ReferenceError", "the \(object.typeName) was dropped while you waited")
                    .asTraceback())
            call.waiters.remove(list)
        }
    }
}

import Pickle

// Proxies stored in hosted objects: they count for nobody, but keep what they stand for.
extension ObjectStore {
    /// Notes the proxies among a request's values.
    ///
    /// - Throws: PermissionError, where the caller may not read what one stands for: nobody keeps
    ///   alive what is none of his business.
    mutating func nestProxies(
        _ bytes: UnsafeRawBufferPointer, in holder: ObjectID
    ) throws(Failure) {
        let ids = try unsafe permittedProxies(bytes)
        for id in ids { call.table.nest(id, in: holder) }
    }

    /// The objects whose proxies are among a request's values.
    ///
    /// - Throws: PermissionError, where the caller may not read one.
    mutating func permittedProxies(
        _ bytes: UnsafeRawBufferPointer
    ) throws(Failure) -> [ObjectID] {
        guard unsafe ProxyReference.mayOccur(in: bytes) else { return [] }
        let idents: Set<String>
        do {
            idents = try unsafe PickleValue(pickle: Array(bytes)).proxiedIdents
        } catch {
            throw Failure(error).asTraceback()
        }
        let ids = idents.compactMap { ObjectID($0) }.sorted()
        for id in ids { try call.permitReading(id) }
        return ids
    }

    /// When strays are looked after next.
    var nextCollection: Instant? { call.table.strays > 0 ? collectionDue : nil }

    mutating func scheduleCollection() {
        guard call.table.strays > 0, collectionDue == nil else { return }
        collectionDue = call.now.advanced(seconds: limits.strayGrace)
    }

    /// Removes the objects that nobody counts and no living object holds: a tracing collector, so
    /// that cycles of proxies go too. Those whose grace is not over stay, with all that they hold.
    ///
    /// The grace begins anew when it is found that an object is held no longer: the proxy that held
    /// it may have been given to a client just now.
    mutating func collect() {
        collectionDue = nil
        var reached = [Bool](repeating: false, count: call.table.entries.count)
        trace(from: call.table.places(where: isRoot) + calledPlaces, &reached)
        call.table.noteHeld(reached, at: call.now)
        trace(from: call.table.places(where: isInGrace), &reached)
        for place in call.table.places(where: { $0.strayedAt != nil }) where !reached[place] {
            if let dropped = call.table.remove(place) { dismiss(dropped) }
        }
        scheduleCollection()
    }

    /// Marks what can be reached from some objects by way of proxies.
    private func trace(from roots: [Int], _ reached: inout [Bool]) {
        var pending = roots.filter { !reached[$0] }
        for place in pending { reached[place] = true }
        while let place = pending.popLast() {
            let entry = call.table.entries[place]
            guard entry.holdsProxies, let object = entry.object else { continue }
            for ident in PickledValue.proxiedIdents(in: object.contents) {
                guard let inner = ObjectID(ident).flatMap(call.table.place),
                    !reached[inner]
                else { continue }
                reached[inner] = true
                pending.append(inner)
            }
        }
    }

    private func isRoot(_ entry: ObjectTable.Entry) -> Bool {
        guard let object = entry.object else { return false }
        return entry.strayedAt == nil
            || object.waiterLists.contains { !call.waiters.isEmpty($0) }
    }

    /// The objects that connections have called whose processes are not seen, or do not count
    /// them: while they are open, who called may call again.
    private var calledPlaces: [Int] {
        call.sessions.flatMap { session in
            session.called.map { $0.keys.compactMap(call.table.place).sorted() } ?? []
        }
    }

    private func isInGrace(_ entry: ObjectTable.Entry) -> Bool {
        guard let strayedAt = entry.strayedAt else { return false }
        var grace = entry.mayBeCounted ? limits.doubtfulGrace : limits.strayGrace
        if entry.wasOrphaned, hasRoom { grace = max(grace, limits.orphanGrace) }
        guard let end = strayedAt.advanced(seconds: grace) else { return true }
        return call.now < end
    }

    /// Whether no more than half of the room for objects is taken.
    private var hasRoom: Bool {
        call.memory.used <= call.memory.limit / 2 && call.table.count <= limits.objects / 2
    }

    /// An object has left the table: whoever waits for it is told.
    mutating func dismiss(_ object: any HostedObject) {
        for token in object.leased { call.endLease(token) }
        for list in object.waiterLists {
            call.failAll(
                in: list,
                Failure("ReferenceError", "the \(object.typeName) was dropped while you waited")
                    .asTraceback())
            call.waiters.remove(list)
        }
    }
}

/// The hosted objects: by slot, with their references, kept as long as somebody can reach them.
///
/// An object leaves at once when its last reference is dropped, unless a proxy of it was seen
/// inside another object: then it stays as a *stray*, because the container may still hold the
/// proxy or hand it to a client who is about to count it. Strays are looked after by
/// ``ObjectStore/collect()``.
struct ObjectTable {
    struct Entry {
        var object: (any HostedObject)?
        /// The name of the object that stands here, or stood here last.
        var id = ObjectID.none
        var references = 0
        /// How many of them are counted for nobody known.
        var strangersReferences = 0
        var typeid = ""
        /// Whether the directory keeps it.
        var isNamed = false
        /// Whether a proxy of it has been stored in an object.
        var wasNested = false
        /// Whether a proxy has been stored in it.
        var holdsProxies = false
        /// Whether it is only likely that nobody counts it any more.
        var mayBeCounted = false
        /// Whether references of the dead were dropped: the living may use it uncounted.
        var wasBuried = false
        /// Whether the death of those who counted it has left it to nobody. Others may have counted
        /// it since for a while: that says nothing of who uses it uncounted.
        var wasOrphaned = false
        /// Since when nobody counts it; later, since when it was found that nobody holds it either.
        var strayedAt: Instant?
        /// Whether somebody dropped a reference that was counted for another.
        var isSharedOut = false
        /// The youngest token under which it was called.
        var fence = 0
        /// Whether, when that was last looked at, some object held it that is not a stray.
        var wasHeld = false
        /// What decides who may use it, where its type alone does not.
        var realm: Realm?
    }

    let incarnation: UInt32
    private let memory: StoreMemory
    private(set) var entries: [Entry] = []
    private var free: [Int] = []
    private var nextFree = 0
    /// How many objects are counted by clients.
    private(set) var countedObjects = 0
    /// How many objects there are.
    private(set) var count = 0
    /// How many objects nobody counts, but some other object may hold.
    private(set) var strays = 0

    init(incarnation: UInt32, _ memory: StoreMemory) {
        self.incarnation = incarnation
        self.memory = memory
    }

    /// The place of a living object.
    @inline(__always)
    func place(_ id: ObjectID) -> Int? {
        let slot = id.slot
        guard slot < entries.count, entries[slot].id == id, entries[slot].object != nil else {
            return nil
        }
        return slot
    }

    @inline(__always)
    subscript(_ id: ObjectID) -> (any HostedObject)? {
        place(id).flatMap { entries[$0].object }
    }

    /// The entry of a living object.
    subscript(entry id: ObjectID) -> Entry? {
        place(id).map { entries[$0] }
    }

    /// Whether the id was given to an object that is gone.
    func wasHere(_ id: ObjectID) -> Bool {
        guard id.slot < entries.count else { return false }
        let generation = min(id.generation, entries[id.slot].id.generation)
        return generation > 0
            && id == ObjectID(incarnation: incarnation, generation: generation, slot: id.slot)
    }

    /// Takes an object in, with no reference yet.
    ///
    /// - Throws: MemoryError, if the table is full, or too much is held.
    mutating func insert(
        _ object: any HostedObject, typeid: String, limit: Int
    ) throws(Failure) -> ObjectID {
        guard count < min(limit, 1 << ObjectID.slotBits) else {
            throw .overLimit(.objects, "\(limit) objects")
        }
        try memory.take(StoreMemory.objectSize)
        let slot: Int
        // Oldest first, so that a slot's generations last.
        if nextFree < free.count {
            slot = free[nextFree]
            nextFree += 1
            if nextFree > 1024, nextFree * 2 > free.count {
                free.removeFirst(nextFree)
                nextFree = 0
            }
        } else {
            slot = entries.count
            entries.append(Entry())
        }
        let generation = entries[slot].id.generation + 1
        let id = ObjectID(incarnation: incarnation, generation: generation, slot: slot)
        entries[slot] = Entry(object: object, id: id, typeid: typeid)
        count += 1
        return id
    }

    /// Counts one reference more; false if the object is gone.
    mutating func retain(_ id: ObjectID) -> Bool {
        guard let place = place(id) else { return false }
        entries[place].references += 1
        if entries[place].references == 1 {
            countedObjects += 1
            if entries[place].strayedAt != nil {
                entries[place].strayedAt = nil
                entries[place].wasHeld = false
                strays -= 1
            }
        }
        return true
    }

    /// Counts one reference less. Gives the object if that was the last and it must go.
    mutating func release(_ id: ObjectID, at now: Instant) -> (any HostedObject)? {
        guard let place = place(id), entries[place].references > 0 else { return nil }
        entries[place].references -= 1
        guard entries[place].references == 0 else { return nil }
        countedObjects -= 1
        if entries[place].isNamed { return nil }
        guard entries[place].wasNested || entries[place].wasBuried else { return remove(place) }
        stray(place, at: now)
        return nil
    }

    private mutating func stray(_ place: Int, at now: Instant) {
        entries[place].strayedAt = now
        strays += 1
    }

    /// Notes that a reference is counted for nobody known.
    mutating func noteStranger(_ id: ObjectID) {
        guard let place = place(id) else { return }
        entries[place].strangersReferences += 1
    }

    /// Notes that a reference is dropped by somebody for whom none was counted. If it was
    /// another's, nobody knows any more whose the rest are.
    mutating func noteStrangersRelease(_ id: ObjectID) {
        guard let place = place(id) else { return }
        if entries[place].strangersReferences > 0 {
            entries[place].strangersReferences -= 1
        } else {
            entries[place].isSharedOut = true
        }
    }

    /// Drops the references of somebody who has died. The object becomes a stray if those were the
    /// last: a proxy of it may be on its way to somebody who is about to count it.
    ///
    /// - Parameter isSure: whether the references were surely its own.
    mutating func bury(
        _ id: ObjectID, references: Int, at now: Instant, isSure: Bool = true
    ) {
        guard let place = place(id), !entries[place].isSharedOut else { return }
        let count = entries[place].references
        guard count > 0 else { return }
        entries[place].references = max(0, count - references)
        entries[place].wasBuried = true
        if !isSure { entries[place].mayBeCounted = true }
        guard entries[place].references == 0 else { return }
        countedObjects -= 1
        entries[place].wasOrphaned = true
        if !entries[place].isNamed { stray(place, at: now) }
    }

    /// Whether those who counted an object have died, and nobody counts it now.
    func isOrphan(_ id: ObjectID) -> Bool {
        guard let place = place(id) else { return false }
        return entries[place].wasOrphaned && entries[place].references == 0
    }

    /// An object has been used: where it is a stray, its grace begins anew.
    mutating func touch(_ id: ObjectID, at now: Instant) {
        guard let place = place(id), entries[place].strayedAt != nil else { return }
        entries[place].strayedAt = now
    }

    /// Takes an object out.
    mutating func remove(_ place: Int) -> (any HostedObject)? {
        guard let object = entries[place].object else { return nil }
        memory.giveBack(StoreMemory.objectSize)
        if entries[place].strayedAt != nil { strays -= 1 }
        if entries[place].references > 0 { countedObjects -= 1 }
        entries[place] = Entry(id: entries[place].id)
        // A slot that has had all its generations is not used again: no id ever names two objects.
        if entries[place].id.generation < (1 << UInt32(ObjectID.generationBits)) - 1 {
            free.append(place)
        }
        count -= 1
        return object
    }

    /// The places of the objects that are of some sort.
    func places(where isWanted: (Entry) -> Bool) -> [Int] {
        entries.indices.filter { entries[$0].object != nil && isWanted(entries[$0]) }
    }

    /// Notes which strays are held; the grace of those that are so no longer begins now.
    mutating func noteHeld(_ isHeld: [Bool], at now: Instant) {
        for place in places(where: { $0.strayedAt != nil }) {
            if !isHeld[place], entries[place].wasHeld { entries[place].strayedAt = now }
            entries[place].wasHeld = isHeld[place]
        }
    }

    mutating func setNamed(_ id: ObjectID, _ isNamed: Bool, at now: Instant) {
        guard let place = place(id) else { return }
        entries[place].isNamed = isNamed
        guard !isNamed, entries[place].references == 0, entries[place].strayedAt == nil else {
            return
        }
        stray(place, at: now)
    }

    mutating func setRealm(_ id: ObjectID, _ realm: Realm) {
        guard let place = place(id) else { return }
        entries[place].realm = realm
    }

    /// Notes the token under which an object is called.
    ///
    /// - Returns: whether it is younger than all before it.
    /// - Throws: PermissionError where it is older than one of them.
    mutating func raiseFence(_ id: ObjectID, to token: Int) throws(Failure) -> Bool {
        guard let place = place(id) else { return false }
        let before = entries[place].fence
        guard token >= before else { throw .fenced(token, by: before) }
        entries[place].fence = token
        return token > before
    }

    /// Notes that a proxy of `inner` is stored in `outer`.
    mutating func nest(_ inner: ObjectID, in outer: ObjectID) {
        guard let innerPlace = place(inner), let outerPlace = place(outer) else { return }
        entries[innerPlace].wasNested = true
        entries[outerPlace].holdsProxies = true
    }
}

/// A principal of a store, by the place that it keeps for as long as the store lives.
package struct PrincipalID: Hashable, Sendable {
    let place: Int
}

/// Who the clients of a store are, as far as their rights differ.
struct Principals {
    /// One of them.
    private struct Member {
        let name: String
        var rights: Rights
        /// How often each object is counted for it: nobody may take away what others count.
        var references: [ObjectID: Int] = [:]
        var pruning = Pruning()
    }

    /// Whether there are any. Where there are none, this is all that a call is asked.
    private(set) var areThere = false
    private var members: [Member] = []
    private var places: [String: PrincipalID] = [:]
    /// Raised with each change of what somebody may do with something.
    private(set) var epoch: UInt32 = 1

    /// Gives a principal these rights, instead of those that it had.
    mutating func set(_ rights: Rights, of name: String) -> PrincipalID {
        rightsHaveChanged()
        areThere = true
        if let known = places[name] {
            members[known.place].rights = rights
            return known
        }
        let id = PrincipalID(place: members.count)
        members.append(Member(name: name, rights: rights))
        places[name] = id
        return id
    }

    /// What is remembered of anybody's access to an object counts no more.
    mutating func rightsHaveChanged() { epoch &+= 1 }

    func name(_ id: PrincipalID) -> String { members[id.place].name }

    func rights(_ id: PrincipalID) -> Rights { members[id.place].rights }

    // MARK: Counting

    mutating func retain(_ object: ObjectID, for id: PrincipalID, of table: ObjectTable) {
        let count = members[id.place].references.count
        if members[id.place].pruning.isDue(at: count) {
            members[id.place].references = members[id.place].references.filter {
                table.place($0.key) != nil
            }
            members[id.place].pruning.isDone(at: members[id.place].references.count)
        }
        members[id.place].references[object, default: 0] += 1
    }

    /// Counts an object so many times less; false if it was not counted for this principal.
    mutating func release(_ object: ObjectID, _ times: Int = 1, for id: PrincipalID) -> Bool {
        guard let count = members[id.place].references[object] else { return false }
        members[id.place].references[object] = count > times ? count - times : nil
        return true
    }
}

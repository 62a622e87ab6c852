/// The members of a loop, each by its token: a place in a table, and which one it is of those that
/// stood there, so that the token of one that has left finds nobody.
struct MemberTable {
    private struct Place {
        var member: (any LoopMember)?
        var serial: UInt32 = 0
    }

    private var places: [Place] = []
    private var free: [Int] = []

    /// The member with a token; nil if it has left.
    subscript(token: UInt64) -> (any LoopMember)? {
        guard let index = index(of: token) else { return nil }
        return places[index].member
    }

    /// Takes a member in.
    ///
    /// - Returns: its token, which is never 0.
    mutating func add(_ member: any LoopMember) -> UInt64 {
        let index = free.popLast() ?? places.count
        if index == places.count { places.append(Place()) }
        places[index].member = member
        places[index].serial &+= 1
        if places[index].serial == 0 { places[index].serial = 1 }
        return UInt64(places[index].serial) << 32 | UInt64(index)
    }

    /// Lets a member go.
    ///
    /// - Returns: it, unless it had left.
    mutating func remove(_ token: UInt64) -> (any LoopMember)? {
        guard let index = index(of: token), let member = places[index].member.take() else {
            return nil
        }
        free.append(index)
        return member
    }

    private func index(of token: UInt64) -> Int? {
        let index = Int(token & 0xFFFF_FFFF)
        guard index < places.count, places[index].serial == UInt32(token >> 32) else { return nil }
        return index
    }
}

/// The handshakes of a listener that have not come to an end, oldest first: pure.
///
/// There is a limit to how many.  Beyond it the oldest has to go: an honest peer needs a moment, so
/// those who sit there longest are the ones who never answer, and no number of them keeps a
/// newcomer out.
struct HandshakeRoster<Member> {
    let limit: Int
    private var members: [UInt64: (member: Member, place: Int)] = [:]
    private var order = FIFO<UInt64>()
    private var lastID: UInt64 = 0

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    var count: Int { members.count }

    /// Takes in a new one.
    ///
    /// - Returns: its name, and the oldest, if that has to go for it.
    mutating func admit(_ member: Member) -> (id: UInt64, dropped: Member?) {
        var dropped: Member?
        if members.count >= limit, let oldest = order.first { dropped = remove(oldest) }
        lastID += 1
        members[lastID] = (member, order.append(lastID))
        return (lastID, dropped)
    }

    /// Lets one go; nil when it has gone.
    @discardableResult
    mutating func remove(_ id: UInt64) -> Member? {
        guard let (member, place) = members.removeValue(forKey: id) else { return nil }
        order.remove(place: place)
        return member
    }

    /// Lets all go.
    mutating func removeAll() -> [Member] {
        defer { self = HandshakeRoster(limit: limit) }
        return members.values.map(\.member)
    }
}

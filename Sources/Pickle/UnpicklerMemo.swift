/// What a pickle has put aside under a number. Numbers mostly come in order, and a number costs
/// nothing for being large.
struct UnpicklerMemo {
    private var dense: [NodeID] = []
    private var sparse: [Int: NodeID] = [:]
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { dense.count + sparse.count }

    /// False if the memo is full.
    mutating func put(_ id: NodeID, at index: Int) -> Bool {
        if index < dense.count {
            dense[index] = id
            return true
        }
        guard count < limit else { return false }
        if index == dense.count {
            dense.append(id)
            if !sparse.isEmpty { sparse[index] = nil }
        } else {
            sparse[index] = id
        }
        return true
    }

    func get(_ index: Int) -> NodeID? {
        dense.indices.contains(index) ? dense[index] : sparse[index]
    }
}

/// A number for each node of an arena, 0 at first: an array where most of the arena is looked at,
/// else a dictionary, so that looking at a small part of a large arena costs little.
struct NodeTable {
    private var dense: [UInt32] = []
    private var sparse: [NodeID: UInt32] = [:]
    private let isDense: Bool

    /// - Parameter roots: the values that are looked at; the first or last node of an arena is
    ///   mostly its whole.
    init(_ arena: Arena, roots: [NodeID]) {
        let count = arena.nodes.count
        isDense =
            count <= 256 || roots.count > count / 64
            || roots.contains { $0 == 0 || Int($0) + 1 == count }
        if isDense { dense = [UInt32](repeating: 0, count: count) }
    }

    subscript(id: NodeID) -> UInt32 {
        get { isDense ? dense[Int(id)] : sparse[id, default: 0] }
        set {
            if isDense { dense[Int(id)] = newValue } else { sparse[id] = newValue }
        }
    }

    /// Every node with a number other than 0, in the order in which they were made.
    var marked: [NodeID] {
        if isDense {
            return dense.indices.filter { dense[$0] != 0 }.map { NodeID(truncatingIfNeeded: $0) }
        }
        return sparse.keys.sorted()
    }
}

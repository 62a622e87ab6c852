/// The index of a node in its ``Arena``.
package typealias NodeID = UInt32

/// A run of bytes in ``Arena/data``, or of links in ``Arena/links``.
package struct Extent: Sendable, Hashable {
    package let offset: UInt32
    package let count: UInt32

    package static let empty = Extent(offset: 0, count: 0)

    init(offset: UInt32, count: UInt32) {
        self.offset = offset
        self.count = count
    }

    /// The extent of what stands in a slab from `start` to `end`.
    init(from start: Int, to end: Int) {
        precondition(end <= Int(UInt32.max), "a pickled value holds at most 4 GiB")
        offset = UInt32(truncatingIfNeeded: start)
        count = UInt32(truncatingIfNeeded: end - start)
    }

    package var range: Range<Int> { Int(offset)..<Int(offset) + Int(count) }
    package var isEmpty: Bool { count == 0 }
    var end: Int { Int(offset) + Int(count) }
}

/// One value of a pickle, without references of Swift's: 24 bytes.
///
/// Nodes are numbered in the order in which they were made. So whatever a tuple, a frozenset or
/// the making of an object refers to has a smaller number, and only what is filled later (list,
/// dict, set, the steps of an object) can close a cycle.
package enum Node: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    /// Two's complement, little endian, as short as can be, and always more than 8 bytes.
    case bigInt(Extent)
    case float(Double)
    case complex(Double, Double)
    /// UTF-8 with surrogatepass.
    case str(Extent)
    case bytes(Extent)
    case byteArray(Extent)
    case tuple(Extent)
    case list(Extent)
    /// Links alternate: key, value.
    case dict(Extent)
    case set(Extent)
    case frozenSet(Extent)
    /// A class or function by its module and qualified name, both str.
    case global(module: NodeID, name: NodeID)
    /// A class or function by its number in `copyreg`'s extension registry.
    case extensionCode(Int)
    /// An index into ``Arena/objects``.
    case object(Int)
}

/// What a pickle does to a value after making it.
package enum Step: Sendable {
    case append(Extent)
    /// Links alternate: key, value.
    case setItems(Extent)
    case addItems(Extent)
    case build(NodeID)
    /// An object that is made and thrown away, for what its making does to this one:
    /// `setter(value, state)`, as a `__reduce__` of six items has it.
    case call(NodeID)

    /// How many links the step takes, and 1 for a state or a call.
    var size: Int {
        switch self {
        case .append(let extent), .setItems(let extent), .addItems(let extent): Int(extent.count)
        case .build, .call: 1
        }
    }
}

/// An instance of a class nobody here knows: how it was made and what was done to it then.
package struct ArenaObject: Sendable {
    package var construction: PickleObject.Construction
    package var callable: NodeID
    /// A tuple.
    package var arguments: NodeID
    package var keywords: NodeID?
    package var steps: [Step] = []

    var stepSize: Int { steps.reduce(0) { $0 + $1.size } }
}

/// A step, with its place in the order in which the pickle was made.
struct Fill: Sendable {
    /// How many nodes there were.
    var time: NodeID
    var container: NodeID
    var step: Step
}

/// Immutable storage of the values of one pickle: nodes that refer to each other by number, so
/// sharing and cycles cost nothing, nothing leaks, and letting go of a deep value takes no stack.
package final class Arena: Sendable {
    package let nodes: [Node]
    /// The children of containers.
    package let links: [NodeID]
    /// The bytes of str, bytes, bytearray, names and big ints; often the pickle itself.
    package let data: [UInt8]
    package let objects: [ArenaObject]
    let fills: [Fill]
    /// Whether many values lie here, each of them kept by itself, see ``GraphPart``.
    let isGraph: Bool

    init(
        nodes: [Node], links: [NodeID], data: [UInt8], objects: [ArenaObject], fills: [Fill],
        isGraph: Bool = false
    ) {
        self.nodes = nodes
        self.links = links
        self.data = data
        self.objects = objects
        self.fills = fills
        self.isGraph = isGraph
    }

    /// The same, in the same memory, as the graph of many values.
    var asGraph: Arena {
        Arena(
            nodes: nodes, links: links, data: data, objects: objects, fills: fills, isGraph: true)
    }

    /// An arena of a single value without children.
    init(_ node: Node, data: [UInt8] = []) {
        nodes = [node]
        links = []
        self.data = data
        objects = []
        fills = []
        isGraph = false
    }

    /// What it takes in memory, in bytes.
    var size: Int {
        nodes.capacity * MemoryLayout<Node>.stride
            + links.capacity * MemoryLayout<NodeID>.stride + data.capacity
            + objects.capacity * MemoryLayout<ArenaObject>.stride
            + fills.capacity * MemoryLayout<Fill>.stride
            + objects.reduce(0) { $0 + $1.steps.capacity * MemoryLayout<Step>.stride }
    }

    package subscript(id: NodeID) -> Node { nodes[Int(id)] }

    package func children(_ extent: Extent) -> ArraySlice<NodeID> { links[extent.range] }

    package func bytes(_ extent: Extent) -> ArraySlice<UInt8> { data[extent.range] }

    /// What one look at everything in the arena costs, and some more; at least `minimum`.
    func fuel(atLeast minimum: Int) -> Int { max(minimum, 8 * nodes.count + data.count / 16) }

    /// The UTF-8 of a str; nothing for another value.
    package func text(_ id: NodeID) -> ArraySlice<UInt8> {
        if case .str(let extent) = self[id] { bytes(extent) } else { [] }
    }

    /// Whether a value is the class or function of that name.
    func isGlobal(_ id: NodeID, _ module: String, _ name: String) -> Bool {
        guard case .global(let ownModule, let ownName) = self[id] else { return false }
        return text(ownName).elementsEqual(name.utf8) && text(ownModule).elementsEqual(module.utf8)
    }

    /// The items of a tuple; nothing for another value.
    package func items(ofTuple id: NodeID) -> Extent {
        if case .tuple(let extent) = self[id] { extent } else { .empty }
    }

    /// The fills of some nodes, in the order in which they were made.
    func fills(of nodes: NodeTable) -> [Fill] {
        let ids = nodes.marked
        guard let first = ids.first else { return [] }
        var remaining = ids.reduce(0) { $0 + fillSize(of: $1) }
        var index = fills.partitioningIndex { $0.time > first }
        var found: [Fill] = []
        while remaining > 0, index < fills.count {
            let fill = fills[index]
            index += 1
            guard nodes[fill.container] != 0 else { continue }
            found.append(fill)
            remaining -= fill.step.size
        }
        return found
    }

    private func fillSize(of id: NodeID) -> Int {
        switch self[id] {
        case .list(let extent), .dict(let extent), .set(let extent): Int(extent.count)
        case .object(let index): objects[index].stepSize
        default: 0
        }
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element satisfies a condition that all elements after it satisfy, too.
    package func partitioningIndex(where belongsAfter: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

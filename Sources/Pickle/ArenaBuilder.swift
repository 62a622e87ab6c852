/// An ``Arena`` that still grows.
struct ArenaBuilder {
    private(set) var nodes: [Node] = []
    private(set) var links: [NodeID] = []
    var data: [UInt8]
    private(set) var objects: [ArenaObject] = []
    private(set) var fills: [Fill] = []
    /// What was added to containers that could not grow in place.
    private var refills: [NodeID: [Extent]] = [:]

    init(data: [UInt8] = []) {
        self.data = data
    }

    subscript(id: NodeID) -> Node { nodes[Int(id)] }

    // MARK: Making

    @inline(__always)
    mutating func add(_ node: Node) -> NodeID {
        let id = NodeID(truncatingIfNeeded: nodes.count)
        nodes.append(node)
        return id
    }

    mutating func addLinks(_ items: some Collection<NodeID>) -> Extent {
        guard !items.isEmpty else { return .empty }
        let start = links.count
        links.append(contentsOf: items)
        return Extent(from: start, to: links.count)
    }

    mutating func addData(_ bytes: some Collection<UInt8>) -> Extent {
        guard !bytes.isEmpty else { return .empty }
        let start = data.count
        data.append(contentsOf: bytes)
        return Extent(from: start, to: data.count)
    }

    mutating func addObject(_ object: ArenaObject) -> NodeID {
        objects.append(object)
        return add(.object(objects.count - 1))
    }

    /// Makes a list, dict or set that already holds something.
    mutating func addFilled(_ node: Node) -> NodeID {
        let id = add(node)
        let step: Step? =
            switch node {
            case .list(let extent): .append(extent)
            case .dict(let extent): .setItems(extent)
            case .set(let extent): .addItems(extent)
            default: nil
            }
        if let step { fills.append(Fill(time: timestamp, container: id, step: step)) }
        return id
    }

    private var timestamp: NodeID { NodeID(truncatingIfNeeded: nodes.count) }

    // MARK: Filling

    /// Does to a container what the pickle says; false if that is not a thing to do to this value.
    mutating func fill(_ container: NodeID, _ step: Step) -> Bool {
        switch (nodes[Int(container)], step) {
        case (.list(let old), .append(let new)):
            grow(container, from: old, by: new) { .list($0) }
        case (.dict(let old), .setItems(let new)):
            grow(container, from: old, by: new) { .dict($0) }
        case (.set(let old), .addItems(let new)):
            grow(container, from: old, by: new) { .set($0) }
        case (.object(let index), _):
            objects[index].steps.append(step)
        default:
            return false
        }
        fills.append(Fill(time: timestamp, container: container, step: step))
        return true
    }

    private mutating func grow(
        _ container: NodeID, from old: Extent, by new: Extent, _ make: (Extent) -> Node
    ) {
        if old.isEmpty {
            nodes[Int(container)] = make(new)
        } else if old.end == Int(new.offset), refills[container] == nil {
            nodes[Int(container)] = make(Extent(offset: old.offset, count: old.count + new.count))
        } else {
            refills[container, default: []].append(new)
        }
    }

    /// What a container holds at this moment, in one piece; nil if that is more than `budget`
    /// links.
    mutating func contents(of container: NodeID, budget: inout Int) -> Extent? {
        let first: Extent
        switch nodes[Int(container)] {
        case .tuple(let extent), .frozenSet(let extent), .list(let extent), .set(let extent),
            .dict(let extent):
            first = extent
        default: return nil
        }
        let more = refills[container] ?? []
        let count = more.reduce(Int(first.count)) { $0 + Int($1.count) }
        guard count <= budget else { return nil }
        budget -= count
        return more.isEmpty ? first : join(first, more)
    }

    private mutating func join(_ first: Extent, _ more: [Extent]) -> Extent {
        let start = links.count
        links.append(contentsOf: links[first.range])
        for extent in more { links.append(contentsOf: links[extent.range]) }
        return Extent(from: start, to: links.count)
    }

    // MARK: Freezing

    consuming func freeze() -> Arena {
        for (container, more) in refills {
            switch nodes[Int(container)] {
            case .list(let first): nodes[Int(container)] = .list(join(first, more))
            case .dict(let first): nodes[Int(container)] = .dict(join(first, more))
            case .set(let first): nodes[Int(container)] = .set(join(first, more))
            default: break
            }
        }
        return Arena(nodes: nodes, links: links, data: data, objects: objects, fills: fills)
    }
}

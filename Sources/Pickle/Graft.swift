/// Values of other arenas as parts of a new one.
struct Graft {
    var builder = ArenaBuilder()
    /// For each arena, the new numbers of the nodes that have been taken over.
    private var taken: [ObjectIdentifier: [NodeID: NodeID]] = [:]

    /// Takes over a value with everything it refers to. What values of one arena share, they go
    /// on sharing.
    mutating func add(_ value: PickleValue) -> NodeID {
        if let leaf = addLeaf(value) { return leaf }
        return add([value.id], of: value.arena)[0]
    }

    mutating func add(_ values: [PickleValue]) -> Extent {
        builder.addLinks(values.map { add($0) })
    }

    /// The same of values of one arena that have parts, which are gone through together.
    mutating func add(_ roots: [NodeID], of arena: Arena) -> [NodeID] {
        takeOver(roots, of: arena)
        return roots.map { taken[ObjectIdentifier(arena)]?[$0] ?? 0 }
    }

    private mutating func addLeaf(_ value: PickleValue) -> NodeID? {
        let arena = value.arena
        switch value.node {
        case .none, .bool, .int, .float, .complex, .extensionCode: return builder.add(value.node)
        case .str(let extent): return builder.add(.str(copy(extent, of: arena)))
        case .bytes(let extent): return builder.add(.bytes(copy(extent, of: arena)))
        case .bigInt(let extent): return builder.add(.bigInt(copy(extent, of: arena)))
        default: return nil
        }
    }

    private mutating func takeOver(_ roots: [NodeID], of arena: Arena) {
        let key = ObjectIdentifier(arena)
        var map = taken.removeValue(forKey: key) ?? [:]
        defer { taken[key] = map }
        let new = roots.filter { map[$0] == nil }
        guard !new.isEmpty else { return }
        let start = builder.nodes.count
        let reached = PicklePlan(arena, roots: new, protocol: .four).references
        var fills = arena.fills(of: reached)[...]
        for id in reached.marked where map[id] == nil {
            while let fill = fills.first, fill.time <= id {
                replay(fills.removeFirst(), of: arena, map, from: start)
            }
            map[id] = make(id, of: arena, map)
        }
        for fill in fills { replay(fill, of: arena, map, from: start) }
    }

    private mutating func copy(_ extent: Extent, of arena: Arena) -> Extent {
        builder.addData(arena.bytes(extent))
    }

    private mutating func copy(links extent: Extent, of arena: Arena, _ map: [NodeID: NodeID])
        -> Extent
    {
        builder.addLinks(arena.children(extent).map { map[$0, default: 0] })
    }

    private mutating func make(_ id: NodeID, of arena: Arena, _ map: [NodeID: NodeID]) -> NodeID {
        switch arena[id] {
        case .str(let extent): return builder.add(.str(copy(extent, of: arena)))
        case .bytes(let extent): return builder.add(.bytes(copy(extent, of: arena)))
        case .bigInt(let extent): return builder.add(.bigInt(copy(extent, of: arena)))
        case .byteArray(let extent): return builder.add(.byteArray(copy(extent, of: arena)))
        case .tuple(let extent): return builder.add(.tuple(copy(links: extent, of: arena, map)))
        case .frozenSet(let extent):
            return builder.add(.frozenSet(copy(links: extent, of: arena, map)))
        case .list: return builder.add(.list(.empty))
        case .dict: return builder.add(.dict(.empty))
        case .set: return builder.add(.set(.empty))
        case .global(let module, let name):
            return builder.add(
                .global(module: map[module, default: 0], name: map[name, default: 0]))
        case .object(let index):
            var object = arena.objects[index]
            object.callable = map[object.callable, default: 0]
            object.arguments = map[object.arguments, default: 0]
            object.keywords = object.keywords.map { map[$0, default: 0] }
            object.steps = []
            return builder.addObject(object)
        case .none, .bool, .int, .float, .complex, .extensionCode: return builder.add(arena[id])
        }
    }

    /// Fills a value with a number from `start` on; one that had been taken over before is full
    /// already.
    private mutating func replay(
        _ fill: Fill, of arena: Arena, _ map: [NodeID: NodeID], from start: Int
    ) {
        guard let container = map[fill.container], container >= start else { return }
        let step: Step =
            switch fill.step {
            case .append(let extent): .append(copy(links: extent, of: arena, map))
            case .setItems(let extent): .setItems(copy(links: extent, of: arena, map))
            case .addItems(let extent): .addItems(copy(links: extent, of: arena, map))
            case .build(let state): .build(map[state, default: 0])
            case .call(let call): .call(map[call, default: 0])
            }
        _ = builder.fill(container, step)
    }
}

extension Pickler {
    /// Writes a value in which a cycle runs through a tuple, a frozenset or the arguments of an
    /// object.
    ///
    /// Such a value cannot be written depth first (CPython writes parts of it several times over,
    /// and throws them away). So its nodes are made one by one in the order in which they were
    /// made before, each with references to older ones only, and put into the memo; and they are
    /// filled where the pickle that they came from filled them.
    ///
    /// ```text
    /// t = ([t],)       becomes
    /// ] PUT0 POP       the list, empty
    /// GET0 TUPLE1 PUT1 POP
    /// GET0 ( GET1 APPENDS POP
    /// GET1             the value, see ``run(_:)``
    /// ```
    ///
    /// A cyclic set is written with protocol 4's instructions, in any protocol: every Python
    /// since 3.4 reads them.
    mutating func replay() {
        let nodes = plan.references.marked
        let fills = arena.fills(of: plan.references)
        var nextFill = 0
        // What is called is called where it was, not made among the others.
        var calls: Set<NodeID> = []
        for fill in fills {
            if case .call(let call) = fill.step { calls.insert(call) }
        }
        for id in nodes where !calls.contains(id) {
            while nextFill < fills.count, fills[nextFill].time <= id {
                replay(fills[nextFill])
                nextFill += 1
            }
            make(id)
        }
        for fill in fills[nextFill...] { replay(fill) }
    }

    /// Pushes a value that has been made.
    mutating func refer(_ id: NodeID) {
        if !writeLeaf(id) { preconditionFailure("a value refers to one that was made later") }
    }

    private mutating func refer(_ extent: Extent) {
        for child in arena.children(extent) { refer(child) }
    }

    /// Makes a container, as yet empty, and takes it off the stack.
    private mutating func make(_ id: NodeID) {
        switch arena[id] {
        case .tuple(let extent) where !extent.isEmpty:
            writer.op(.mark)
            refer(extent)
            writer.op(.tuple)
        case .frozenSet(let extent):
            writer.op(.mark)
            refer(extent)
            writer.op(.frozenSet)
        case .list: writer.op(.emptyList)
        case .dict: writer.op(.emptyDict)
        case .set: writer.op(.emptySet)
        case .object(let index): make(arena.objects[index])
        case .global(let module, let name):
            if writeLeaf(id) { return writer.op(.pop) }
            refer(module)
            refer(name)
            writer.op(.stackGlobal)
        default: return
        }
        memo[id] = UInt32(clamping: writer.put()) + 1
        writer.op(.pop)
    }

    private mutating func make(_ object: ArenaObject) {
        switch object.construction {
        case .reduce, .newObject:
            refer(object.callable)
            refer(object.arguments)
            writer.op(object.construction == .reduce ? .reduce : .newObj)
        case .instantiate:
            writer.op(.mark)
            refer(object.callable)
            refer(arena.items(ofTuple: object.arguments))
            writer.op(.obj)
        case .newObjectEx:
            refer(object.callable)
            refer(object.arguments)
            if let keywords = object.keywords { refer(keywords) }
            writer.op(.newObjEx)
        }
    }

    private mutating func replay(_ fill: Fill) {
        refer(fill.container)
        switch fill.step {
        case .append(let extent): replay(extent, .appends)
        case .setItems(let extent): replay(extent, .setItems)
        case .addItems(let extent): replay(extent, .addItems)
        case .build(let state):
            refer(state)
            writer.op(.build)
        case .call(let call):
            guard case .object(let index) = arena[call] else { break }
            make(arena.objects[index])
            writer.op(.pop)
        }
        writer.op(.pop)
    }

    private mutating func replay(_ extent: Extent, _ opcode: Opcode) {
        writer.op(.mark)
        refer(extent)
        writer.op(opcode)
    }
}

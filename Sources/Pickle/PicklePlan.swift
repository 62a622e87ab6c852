/// What is known of a value before it is written: which of its nodes are referred to more than
/// once, and whether a cycle runs through a value that must be complete when it is made.
struct PicklePlan {
    /// For each node that is met: 1 where it is referred to once, 2 where more often.
    private(set) var references: NodeTable
    /// Whether a tuple, a frozenset or the arguments of an object contain themselves, by way of
    /// something that is filled later.
    private(set) var needsReplay = false
    /// How often a node was met.
    private(set) var visits = 0

    private static let inProgress: UInt32 = 4
    private static let leave: UInt64 = 1 << 32
    private static let steps: UInt64 = 1 << 33

    /// - Parameter roots: the values that will be written, each as often as that.
    init(_ arena: Arena, roots: [NodeID], protocol pickleProtocol: PickleProtocol) {
        references = NodeTable(arena, roots: roots)
        let setsAreCalls = pickleProtocol.rawValue < 4
        var tasks = roots.reversed().map { UInt64($0) }
        while let task = tasks.popLast() {
            let id = NodeID(truncatingIfNeeded: task)
            if task & Self.leave != 0 {
                references[id] &= ~Self.inProgress
            } else if task & Self.steps != 0 {
                pushSteps(of: id, in: arena, to: &tasks)
            } else {
                enter(id, in: arena, setsAreCalls: setsAreCalls, &tasks)
            }
        }
    }

    func isShared(_ id: NodeID) -> Bool { references[id] & 3 == 2 }

    private mutating func enter(
        _ id: NodeID, in arena: Arena, setsAreCalls: Bool, _ tasks: inout [UInt64]
    ) {
        visits += 1
        let seen = references[id]
        if seen != 0 {
            if seen & Self.inProgress != 0 { needsReplay = true }
            references[id] = seen & Self.inProgress | 2
            return
        }
        references[id] = 1
        switch arena[id] {
        case .list(let extent), .dict(let extent):
            push(extent, in: arena, to: &tasks)
        case .set(let extent) where !setsAreCalls:
            push(extent, in: arena, to: &tasks)
        case .tuple(let extent), .frozenSet(let extent), .set(let extent):
            guard !extent.isEmpty else { return }
            references[id] = 1 | Self.inProgress
            tasks.append(UInt64(id) | Self.leave)
            push(extent, in: arena, to: &tasks)
        case .object(let index):
            let object = arena.objects[index]
            references[id] = 1 | Self.inProgress
            if !object.steps.isEmpty { tasks.append(UInt64(id) | Self.steps) }
            tasks.append(UInt64(id) | Self.leave)
            if let keywords = object.keywords { tasks.append(UInt64(keywords)) }
            tasks.append(UInt64(object.arguments))
            tasks.append(UInt64(object.callable))
        case .global(let module, let name):
            tasks.append(UInt64(name))
            tasks.append(UInt64(module))
        default:
            break
        }
    }

    private func push(_ extent: Extent, in arena: Arena, to tasks: inout [UInt64]) {
        for child in arena.children(extent).reversed() { tasks.append(UInt64(child)) }
    }

    private func pushSteps(of id: NodeID, in arena: Arena, to tasks: inout [UInt64]) {
        guard case .object(let index) = arena[id] else { return }
        for step in arena.objects[index].steps.reversed() {
            switch step {
            case .append(let extent), .setItems(let extent), .addItems(let extent):
                push(extent, in: arena, to: &tasks)
            case .build(let state): tasks.append(UInt64(state))
            case .call(let call): tasks.append(UInt64(call))
            }
        }
    }
}

/// Finds out which values of a request share parts.
///
/// Each value is gone through up to what another has reached before: so all of them together cost
/// one look at each node, and two values that meet belong to one graph.
///
/// Not everything that two values refer to makes them a graph: what cannot be told from a copy, and
/// is small, is copied. That is numbers, short texts, classes and functions, and what a call makes
/// of such alone: an enum's member, a date, a time zone.
struct GraphFinder {
    /// From this length on a text or bytes are shared, in bytes.
    private static let longText = 256
    /// How many nodes and references values that know one another may have: each reading of one
    /// goes through all that it refers to.
    private static let limit = 1 << 20
    /// How deep calls are looked into whose arguments are calls.
    private static let depth = 3
    /// How many arguments such a call may have.
    private static let argumentLimit = 4

    /// Python's modules of containers that are made by calls.
    private static let containers = ["collections", "array", "itertools"]
    /// What calls of builtins make that never changes; the others make exceptions, say.
    private static let constants = [
        "complex", "frozenset", "getattr", "range", "slice", "type",
    ]
    /// The owner of what is not worth it, where that takes time to find out.
    private static let nobody = UInt32.max

    private let arena: Arena
    private let roots: [NodeID]
    /// For each node the number of the value that has reached it first, plus one.
    private var owners: NodeTable
    /// For each value another of its graph, or itself: the forest of union-find.
    private var parents: [Int]
    /// How many nodes the values have reached first, with what these refer to, where one stands at
    /// the root of a tree.
    private var sizes: [Int]

    /// - Parameter roots: the values.
    init(_ arena: Arena, roots: [NodeID]) {
        self.arena = arena
        self.roots = roots
        owners = NodeTable(arena, roots: roots)
        parents = Array(roots.indices)
        sizes = [Int](repeating: 0, count: roots.count)
        var pending: [NodeID] = []
        for index in roots.indices { goThrough(index, &pending) }
    }

    /// For each value that shares parts its place in the graph that these make together, nil for
    /// one that stands alone.
    ///
    /// It is one graph for all, in which those that know nothing of one another lie side by side:
    /// so it is made with one look at each node.
    func parts(_ stranded: StrandedBytes) -> [GraphPart?] {
        var counts = [Int](repeating: 0, count: roots.count)
        for index in roots.indices { counts[top(of: index)] += 1 }
        let isShared = roots.indices.map { counts[$0] > 1 && sizes[$0] <= Self.limit }
        let sharing = roots.indices.filter { isShared[top(of: $0)] }
        var parts = [GraphPart?](repeating: nil, count: roots.count)
        guard !sharing.isEmpty else { return parts }
        for (index, part) in zip(sharing, makeParts(sharing.map { roots[$0] }, stranded)) {
            parts[index] = part
        }
        return parts
    }

    private func makeParts(_ ids: [NodeID], _ stranded: StrandedBytes) -> [GraphPart] {
        // Where all values are parts, nothing else of the request is kept with them.
        if ids.count == roots.count { return GraphPart.parts(ids, of: arena.asGraph, stranded) }
        var graft = Graft()
        let copies = graft.add(ids, of: arena)
        return GraphPart.parts(copies, of: graft.builder.freeze().asGraph, stranded)
    }

    // MARK: Meeting

    /// - Parameter pending: room for what is still to be gone through; empty before and after.
    private mutating func goThrough(_ index: Int, _ pending: inout [NodeID]) {
        pending.append(roots[index])
        while let id = pending.popLast() {
            let owner = owners[id]
            guard owner == 0 else {
                if owner != Self.nobody { unite(Int(owner) - 1, index) }
                continue
            }
            guard isShareable(id) else {
                if case .object = arena[id] { owners[id] = Self.nobody }
                continue
            }
            owners[id] = UInt32(truncatingIfNeeded: index + 1)
            let before = pending.count
            pushChildren(of: id, to: &pending)
            sizes[top(of: index)] += 1 + pending.count - before
        }
    }

    private func top(of index: Int) -> Int {
        var index = index
        while parents[index] != index { index = parents[index] }
        return index
    }

    /// The larger tree stays, so none is high.
    private mutating func unite(_ left: Int, _ right: Int) {
        let (left, right) = (top(of: left), top(of: right))
        guard left != right else { return }
        let (large, small) = sizes[left] >= sizes[right] ? (left, right) : (right, left)
        parents[small] = large
        sizes[large] += sizes[small]
    }

    private func pushChildren(of id: NodeID, to pending: inout [NodeID]) {
        switch arena[id] {
        case .tuple(let extent), .frozenSet(let extent), .list(let extent), .dict(let extent),
            .set(let extent):
            pending.append(contentsOf: arena.children(extent))
        case .object(let index):
            let object = arena.objects[index]
            pending.append(object.callable)
            pending.append(object.arguments)
            if let keywords = object.keywords { pending.append(keywords) }
            for step in object.steps {
                switch step {
                case .append(let extent), .setItems(let extent), .addItems(let extent):
                    pending.append(contentsOf: arena.children(extent))
                case .build(let part), .call(let part): pending.append(part)
                }
            }
        default: break
        }
    }

    // MARK: What is worth it

    /// Whether two values that refer to one are told from two that refer to copies of it, or it is
    /// large.
    private func isShareable(_ id: NodeID) -> Bool {
        switch arena[id] {
        case .str(let extent), .bytes(let extent), .bigInt(let extent):
            extent.count >= Self.longText
        case .none, .bool, .int, .float, .complex, .global, .extensionCode: false
        case .tuple(let extent), .frozenSet(let extent): !extent.isEmpty
        case .byteArray, .list, .dict, .set: true
        case .object: !isCallOfLeaves(id, depth: Self.depth)
        }
    }

    /// Whether a value is what a call makes of leaves, or of such calls, and nothing has been done
    /// to it since. Some of Python's own containers are made so too, and exceptions.
    private func isCallOfLeaves(_ id: NodeID, depth: Int) -> Bool {
        guard depth > 0, case .object(let index) = arena[id] else { return false }
        let object = arena.objects[index]
        guard object.construction == .reduce, object.steps.isEmpty, object.keywords == nil,
            makesConstants(object.callable)
        else { return false }
        let arguments = arena.items(ofTuple: object.arguments)
        return arguments.count <= Self.argumentLimit
            && arena.children(arguments).allSatisfy { argument in
                switch arena[argument] {
                case .object: isCallOfLeaves(argument, depth: depth - 1)
                default: !isShareable(argument)
                }
            }
    }

    private func makesConstants(_ callable: NodeID) -> Bool {
        guard case .global(let module, let name) = arena[callable] else { return false }
        let (moduleText, nameText) = (arena.text(module), arena.text(name))
        func isAmong(_ texts: [String], _ text: ArraySlice<UInt8>) -> Bool {
            texts.contains { text.elementsEqual($0.utf8) }
        }
        guard !moduleText.elementsEqual("builtins".utf8) else {
            return isAmong(Self.constants, nameText)
        }
        return !isAmong(Self.containers, moduleText)
    }
}

extension PickledValue {
    /// Values of one pickle as they are kept where they share parts; nil for each that does not.
    ///
    /// - Parameter stranded: where graphs are counted, see ``GraphPart``.
    package static func sharing(
        _ values: [PickleValue], _ stranded: StrandedBytes
    ) -> [PickledValue?] {
        guard values.count > 1, let arena = values.first?.arena,
            values.allSatisfy({ $0.arena === arena })
        else { return values.map { _ in nil } }
        return GraphFinder(arena, roots: values.map(\.id)).parts(stranded).map { part in
            part.map { PickledValue($0) }
        }
    }
}

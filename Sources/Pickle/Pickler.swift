/// Writes a value of an arena as instructions, depth first and without recursion, as CPython does.
///
/// A value that is referred to more than once is put into the memo right after it is made and
/// before it is filled. A value that cannot be written so (``PicklePlan/needsReplay``) is written
/// by ``replay()``.
///
/// Several values of an arena may be written one after the other: what they share they go on
/// sharing, if their instructions are read in one pickle.
struct Pickler {
    private enum Job {
        /// Push the values of these links.
        case links(Range<Int>)
        case value(NodeID)
        case op(Opcode)
        /// Put the value just made aside, if it will be asked for.
        case put(NodeID)
        /// Begin what comes after making an object.
        case steps(NodeID)
    }

    let arena: Arena
    let plan: PicklePlan
    var writer: OpcodeWriter
    /// The memo number of each node that is put aside, plus one.
    var memo: NodeTable
    private var tasks: [Job] = []
    /// Whether all values have been made that are to be referred to.
    private var isReplayed = false

    init(_ value: PickleValue, protocol pickleProtocol: PickleProtocol) {
        self.init(value.arena, roots: [value.id], protocol: pickleProtocol)
    }

    /// - Parameters:
    ///   - roots: the values that will be written, each as often as that.
    ///   - firstMemo: the first number of the memo that is free.
    init(
        _ arena: Arena, roots: [NodeID], protocol pickleProtocol: PickleProtocol, firstMemo: Int = 0
    ) {
        self.arena = arena
        plan = PicklePlan(arena, roots: roots, protocol: pickleProtocol)
        memo = NodeTable(arena, roots: roots)
        writer = OpcodeWriter(protocol: pickleProtocol, firstMemo: firstMemo)
    }

    // MARK: Running

    /// Writes one of the roots.
    mutating func run(_ root: NodeID) {
        if plan.needsReplay {
            if !isReplayed { replay() }
            isReplayed = true
            return refer(root)
        }
        tasks.append(.value(root))
        while let task = tasks.popLast() {
            switch task {
            case .value(let id): write(id)
            case .op(let opcode): writer.op(opcode)
            case .put(let id): put(id)
            case .steps(let id): writeSteps(of: id)
            case .links(let range): writeLinks(range)
            }
        }
    }

    /// Writes leaves one after the other, and stops at a value that has children, to come back
    /// after it.
    private mutating func writeLinks(_ range: Range<Int>) {
        let height = tasks.count
        for index in range {
            tasks.append(.links(index + 1..<range.upperBound))
            write(arena.links[index])
            if tasks.count > height + 1 { return }
            tasks.removeLast()
        }
    }

    mutating func put(_ id: NodeID) {
        if plan.isShared(id) { memo[id] = UInt32(clamping: writer.put()) + 1 }
    }

    // MARK: Values

    private mutating func write(_ id: NodeID) {
        if writeLeaf(id) { return }
        switch arena[id] {
        case .tuple(let extent):
            let opcode: Opcode =
                switch extent.count {
                case 1: .tuple1
                case 2: .tuple2
                case 3: .tuple3
                default: .tuple
                }
            if opcode == .tuple { writer.op(.mark) }
            push(.links(extent.range), .op(opcode), .put(id))
        case .list(let extent):
            writer.op(.emptyList)
            put(id)
            pushFill(extent, .append, .appends)
        case .dict(let extent):
            writer.op(.emptyDict)
            put(id)
            pushFill(extent, nil, .setItems)
        case .set(let extent):
            writeSet(id, extent, call: "set")
        case .frozenSet(let extent):
            writeSet(id, extent, call: "frozenset")
        case .object(let index):
            writeObject(id, arena.objects[index])
        case .global(let module, let name):
            push(.value(module), .value(name), .op(.stackGlobal), .put(id))
        default:
            break
        }
    }

    private mutating func push(_ inOrder: Job...) {
        tasks.append(contentsOf: inOrder.reversed())
    }

    private mutating func pushFill(_ extent: Extent, _ single: Opcode?, _ many: Opcode) {
        guard !extent.isEmpty else { return }
        if extent.count == 1, let single {
            push(.links(extent.range), .op(single))
        } else {
            writer.op(.mark)
            push(.links(extent.range), .op(many))
        }
    }

    private mutating func writeSet(_ id: NodeID, _ extent: Extent, call: StaticString) {
        let isFrozen = if case .frozenSet = arena[id] { true } else { false }
        if writer.pickleProtocol.rawValue < 4 {
            writer.global("builtins", call)
            writer.op(.emptyList)
            writer.op(.mark)
            push(.links(extent.range), .op(.appends), .op(.tuple1), .op(.reduce), .put(id))
        } else if isFrozen {
            writer.op(.mark)
            push(.links(extent.range), .op(.frozenSet), .put(id))
        } else {
            writer.op(.emptySet)
            put(id)
            pushFill(extent, nil, .addItems)
        }
    }

    // MARK: Objects

    private mutating func writeObject(_ id: NodeID, _ object: ArenaObject) {
        push(.put(id), .steps(id))
        switch object.construction {
        case .reduce, .newObject:
            let opcode: Opcode = object.construction == .reduce ? .reduce : .newObj
            push(.value(object.callable), .value(object.arguments), .op(opcode))
        case .instantiate:
            writer.op(.mark)
            let arguments = arena.items(ofTuple: object.arguments)
            push(.value(object.callable), .links(arguments.range), .op(.obj))
        case .newObjectEx:
            guard let keywords = object.keywords else { return }
            if writer.pickleProtocol.rawValue >= 4 {
                push(
                    .value(object.callable), .value(object.arguments), .value(keywords),
                    .op(.newObjEx))
            } else {
                writer.global("copyreg", "__newobj_ex__")
                push(
                    .value(object.callable), .value(object.arguments), .value(keywords),
                    .op(.tuple3), .op(.reduce))
            }
        }
    }

    private mutating func writeSteps(of id: NodeID) {
        guard case .object(let index) = arena[id] else { return }
        for step in arena.objects[index].steps.reversed() {
            switch step {
            case .append(let extent): push(.op(.mark), .links(extent.range), .op(.appends))
            case .setItems(let extent): push(.op(.mark), .links(extent.range), .op(.setItems))
            case .addItems(let extent): push(.op(.mark), .links(extent.range), .op(.addItems))
            case .build(let state): push(.value(state), .op(.build))
            case .call(let call): push(.value(call), .op(.pop))
            }
        }
    }
}

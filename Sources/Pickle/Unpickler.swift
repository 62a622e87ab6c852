/// Runs a pickle's instructions, with values as data in place of Python objects.
///
/// A pickle is a program for a stack machine; here it may only make data. It cannot call
/// anything, and it cannot cost more than its own length times a constant: an instruction of any
/// length makes at most five nodes, and what a few well-known calls copy is paid from a budget of
/// four times the pickle's length.
///
/// Source: CPython's `Lib/pickle.py`, class `_Unpickler`.
struct Unpickler {
    let source: [UInt8]
    let limits: PickleLimits
    var offset = 0
    var builder: ArenaBuilder
    var stack: [NodeID] = []
    /// The heights of the stack at which MARKs stand.
    var marks: [Int] = []
    var memo: UnpicklerMemo
    /// Whether names are those of Python 2: in protocols 0 to 2.
    var namesArePython2 = true
    /// How many bytes and links well-known calls may still take over from their arguments.
    var copyBudget: Int
    /// Where the instruction ends that has made an instance by a call, the last one that has.
    var calledAt = -1
    /// The shared nodes of None, True, False and (), once there.
    private var singletons: (none: NodeID?, true: NodeID?, false: NodeID?, empty: NodeID?)

    init(_ source: [UInt8], limits: PickleLimits) throws(PickleError) {
        // Everything in the arena then has a place below 4 GiB: the pickle, its escaped texts in
        // UTF-8 (at most twice as long) and what is copied.
        let longest = min(limits.bytes, PickleLimits.largestPickle)
        guard source.count <= longest else { throw .limitExceeded("pickle of \(longest) bytes") }
        self.source = source
        self.limits = limits
        builder = ArenaBuilder(data: source)
        memo = UnpicklerMemo(limit: limits.memoEntries)
        // A str of protocol 0 takes two bytes for one, and then becomes bytes, and these a
        // bytearray.
        copyBudget = min(4 * source.count, PickleLimits.largestPickle / 2)
    }

    // MARK: Running

    /// Runs up to STOP.
    mutating func loadPickle() throws(PickleError) -> PickleValue {
        while true {
            let opcode = try nextOpcode()
            if opcode == .stop { break }
            try execute(opcode)
        }
        let id = try pop()
        return PickleValue(builder.freeze(), id)
    }

    /// Runs up to the end of the bytes, where one value must be left.
    mutating func loadBody(protocol number: UInt8) throws(PickleError) -> PickleValue {
        namesArePython2 = number < 3
        while offset < source.count {
            let opcode = try nextOpcode()
            if opcode == .stop { break }
            try execute(opcode)
        }
        guard marks.isEmpty, stack.count == 1 else {
            throw .malformed("opcodes leave \(stack.count) values instead of one", at: offset)
        }
        let id = stack[0]
        return PickleValue(builder.freeze(), id)
    }

    mutating func nextOpcode() throws(PickleError) -> Opcode {
        let byte = try readByte()
        guard let opcode = Opcode(rawValue: byte) else {
            throw .malformed("invalid opcode 0x\(String(byte, radix: 16))", at: offset - 1)
        }
        return opcode
    }

    // MARK: Reading

    @inline(__always)
    mutating func readByte() throws(PickleError) -> UInt8 {
        guard offset < source.count else { throw .truncated(at: offset) }
        let byte = source[offset]
        offset += 1
        return byte
    }

    /// Reads an unsigned number of 1, 2, 4 or 8 bytes, little endian.
    mutating func readUInt(bytes count: Int) throws(PickleError) -> UInt64 {
        guard source.count - offset >= count else { throw .truncated(at: offset) }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(source[offset + index]) << UInt64(8 * index) }
        offset += count
        return value
    }

    /// Reads a length of that many bytes, and passes over as many bytes as it says.
    mutating func readCounted(lengthBytes: Int) throws(PickleError) -> Extent {
        let length = try readUInt(bytes: lengthBytes)
        guard length <= UInt64(source.count - offset) else { throw .truncated(at: offset) }
        let start = offset
        offset += Int(length)
        return Extent(from: start, to: offset)
    }

    /// Passes over a line; the extent is without its newline.
    mutating func readLine() throws(PickleError) -> Extent {
        guard let end = source[offset...].firstIndex(of: 0x0A) else {
            throw .truncated(at: source.count)
        }
        defer { offset = end + 1 }
        return Extent(from: offset, to: end)
    }

    // MARK: The stack

    @inline(__always)
    mutating func push(_ node: Node) throws(PickleError) {
        stack.append(try make(node))
    }

    @inline(__always)
    mutating func make(_ node: Node) throws(PickleError) -> NodeID {
        try checkRoom()
        return builder.add(node)
    }

    @inline(__always)
    func checkRoom() throws(PickleError) {
        guard builder.nodes.count < min(limits.nodes, Int(Int32.max)) else {
            throw .limitExceeded("\(limits.nodes) nodes")
        }
    }

    mutating func pop() throws(PickleError) -> NodeID {
        guard stack.count > (marks.last ?? 0), let id = stack.popLast() else {
            throw underflow
        }
        return id
    }

    func top() throws(PickleError) -> NodeID {
        guard stack.count > (marks.last ?? 0), let id = stack.last else { throw underflow }
        return id
    }

    private var underflow: PickleError { .malformed("pickle stack underflow", at: offset) }

    /// Takes what stands above the last MARK, and the MARK, off the stack.
    mutating func popToMark() throws(PickleError) -> Extent {
        guard let mark = marks.popLast() else {
            throw .malformed("could not find MARK", at: offset)
        }
        let extent = builder.addLinks(stack[mark...])
        stack.removeSubrange(mark...)
        return extent
    }

    // MARK: Shared values

    mutating func pushNone() throws(PickleError) {
        singletons.none = try pushShared(singletons.none, .none)
    }

    mutating func pushBool(_ value: Bool) throws(PickleError) {
        if value {
            singletons.true = try pushShared(singletons.true, .bool(true))
        } else {
            singletons.false = try pushShared(singletons.false, .bool(false))
        }
    }

    mutating func pushEmptyTuple() throws(PickleError) {
        singletons.empty = try pushShared(singletons.empty, .tuple(.empty))
    }

    private mutating func pushShared(
        _ known: NodeID?, _ node: Node
    ) throws(PickleError) -> NodeID {
        if let known {
            stack.append(known)
            return known
        }
        let id = try make(node)
        stack.append(id)
        return id
    }
}

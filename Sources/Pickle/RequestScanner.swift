/// Finds the parts of a request, `(ident, method, args, kwds)`, in its pickle without building a
/// value.
///
/// ```text
/// PROTO 4 · FRAME · MARK · SHORT_BINUNICODE ident · MEMOIZE · SHORT_BINUNICODE method · MEMOIZE
///         · <args: a tuple> · <kwds: a dict> · TUPLE · MEMOIZE · STOP
/// ```
/// The scanner runs the pickle machine on the *kinds* of objects only, so that what it accepts does
/// unpickle, and notes where the elements of `args` and `kwds` stand. It reads the binary opcodes
/// of protocols 2 to 5; whatever is rarer (text opcodes, DUP, a memo reference from one argument to
/// another) is left to a rebuild by way of ``PickleValue``: see ``Outcome/needsRebuild``.
package struct RequestScanner {
    struct StackEntry {
        /// The offset of the object's first instruction.
        let start: UInt32
        /// What a slice of it is said to be: `other` for a reference.
        let kind: PickleSlice.Kind
        /// What it is.
        let known: PickleSlice.Kind
    }

    /// What a scan came to.
    package enum Outcome: Sendable {
        /// The parts are in place.
        case scanned
        /// The pickle may be fine, but it has to be decoded and written anew.
        case needsRebuild
    }

    /// How many objects may lie on the machine's stack at once, in objects; eight bytes each.
    package static let stackLimit = 1 << 24

    /// How many marks may be open at once, 16 bytes each: two for each level of what is nested.  A
    /// CPython of 3.12 and later pickles a list of thousands of links, each in the one before.
    package static let markLimit = 1 << 16

    /// How many positional and how many keyword arguments a request may have, each; 40 bytes of
    /// memory for one.
    package static let argumentLimit = 1 << 18

    /// The objects on the stack below `height`; what lies above is left from before.
    var stack: [StackEntry] = []
    var height = 0
    /// The height of the stack at each mark, and the offset of the mark itself.
    var marks: [(height: Int, start: Int)] = []
    var memo = KindMemo()
    private var isWhole = false
    /// Whether what may be `args`, or `kwds`, has more items than these may have.
    private var isOverLimit = (positional: false, keywords: false)
    var hasReferences = false
    var protocolNumber = 0
    /// Whether the request names any class or function: only then can it hold a proxy.
    package internal(set) var namesGlobals = false

    /// The request's first part: `None` or the object's ident.
    package private(set) var ident = PickleSlice(start: 0, end: 0, kind: .none)
    /// The request's second part, the method's name.
    package private(set) var method = PickleSlice(start: 0, end: 0, kind: .none)
    /// The elements of `args`.
    package internal(set) var positional: [PickleSlice] = []
    /// Names and values of `kwds` in turn.
    package internal(set) var keywords: [PickleSlice] = []

    package init() {}

    /// Scans one pickle, from PROTO to STOP.
    ///
    /// - Throws: ``PickleError`` where it is truncated, malformed or over ``stackLimit``.
    package mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(PickleError) -> Outcome {
        guard bytes.count <= Int(UInt32.max) else { throw .limitExceeded("4 GiB a request") }
        if unsafe scanUsual(bytes) || scanPlain(bytes) { return .scanned }
        reset()
        defer { shed() }
        var reader = unsafe InstructionReader(bytes, from: 0, to: bytes.count)
        while true {
            let opcode = try reader.next()
            if opcode == .stop { break }
            guard try unsafe run(opcode, &reader, bytes) else { return .needsRebuild }
        }
        guard isWhole, height == 1, marks.isEmpty else { return .needsRebuild }
        guard !isOverLimit.positional, !isOverLimit.keywords else {
            throw .limitExceeded("\(Self.argumentLimit) arguments")
        }
        guard hasReferences else { return .scanned }
        // Only arguments are traced.
        guard ident.isScalar, method.isScalar else { return .needsRebuild }
        var tracer = unsafe ReferenceTracer(bytes)
        guard let traced = try tracer.trace(positional + keywords) else { return .needsRebuild }
        keywords = Array(traced.dropFirst(positional.count))
        positional = Array(traced.prefix(positional.count))
        return .scanned
    }

    /// Takes over the parts of a request that was rebuilt.
    package mutating func adopt(
        ident: PickleSlice, method: PickleSlice, positional: [PickleSlice],
        keywords: [PickleSlice]
    ) {
        self.ident = ident
        self.method = method
        self.positional = positional
        self.keywords = keywords
        namesGlobals = true
    }

    @inline(__always)
    mutating func beginUsual(_ ident: PickleSlice, _ method: PickleSlice) {
        self.ident = ident
        self.method = method
        if !keywords.isEmpty { keywords.removeAll(keepingCapacity: true) }
        namesGlobals = false
    }

    /// Puts an argument in its place, which mostly held one of the request before.
    @inline(__always)
    mutating func put(_ argument: PickleSlice, at index: Int) {
        if index < positional.count {
            positional[index] = argument
        } else {
            positional.append(argument)
        }
    }

    @inline(__always)
    mutating func endUsual(_ count: Int) {
        if positional.count > count { positional.removeLast(positional.count - count) }
    }

    private mutating func reset() {
        height = 0
        marks.removeAll(keepingCapacity: true)
        positional.removeAll(keepingCapacity: positional.capacity <= Self.kept)
        keywords.removeAll(keepingCapacity: keywords.capacity <= Self.kept)
        hasReferences = false
        protocolNumber = 0
        namesGlobals = false
        isWhole = false
        isOverLimit = (false, false)
    }

    /// One large request must not keep its memory for ever.
    private mutating func shed() {
        if stack.count > Self.kept { stack = [] }
        memo.removeAll()
    }

    /// How many objects' room is kept for the next request.
    private static let kept = 1 << 12
}

// MARK: - The machine

extension RequestScanner {
    /// Runs one instruction; false where the pickle needs a rebuild.
    @inline(__always)
    private mutating func run(
        _ opcode: Opcode, _ reader: inout InstructionReader, _ bytes: UnsafeRawBufferPointer
    ) throws(PickleError) -> Bool {
        switch opcode {
        case .shortBinUnicode, .binUnicode, .binUnicode8:
            try unsafe checkText(reader, bytes)
            try push(.str, reader.start)
        case .memoize:
            try checkHeight(height, below: 1, reader)
            memo.append(stack[height - 1].known)
        case .mark:
            guard marks.count < Self.markLimit else {
                throw .limitExceeded("\(Self.markLimit) marks")
            }
            if marks.isEmpty, height > 0 { return false }
            marks.append((height, reader.start))
        case .none: try push(.none, reader.start)
        case .newTrue, .newFalse: try push(.bool, reader.start)
        case .binInt, .binInt1, .binInt2, .long1, .long4: try push(.int, reader.start)
        case .binFloat: try push(.float, reader.start)
        case .shortBinBytes, .binBytes, .binBytes8: try push(.bytes, reader.start)
        case .emptyTuple: try unsafe pushTuple(of: 0, reader, bytes)
        case .tuple1: try unsafe pushTuple(of: 1, reader, bytes)
        case .tuple2: try unsafe pushTuple(of: 2, reader, bytes)
        case .tuple3: try unsafe pushTuple(of: 3, reader, bytes)
        case .tuple:
            let mark = try popMark(reader)
            try unsafe pushTuple(from: mark.height, at: mark.start, reader, bytes)
        case .emptyDict:
            if height == 3, marks.count == 1 {
                keywords.removeAll(keepingCapacity: true)
                isOverLimit.keywords = false
            }
            try push(.dict, reader.start)
        case .setItem: try unsafe setItems(from: height - 2, reader, bytes)
        case .setItems: try unsafe setItems(from: try popMark(reader).height, reader, bytes)
        case .proto:
            guard reader.number <= 5 else {
                throw .malformed("unsupported pickle protocol: \(reader.number)", at: reader.start)
            }
            protocolNumber = reader.number
        case .frame:
            guard reader.number >= 0, reader.number <= bytes.count - reader.position else {
                throw .truncated(at: reader.start)
            }
        default: return try unsafe runRarer(opcode, &reader, bytes)
        }
        return true
    }

    @inline(__always)
    private mutating func pushTuple(
        of count: Int, _ reader: InstructionReader, _ bytes: UnsafeRawBufferPointer
    ) throws(PickleError) {
        let bottom = height - count
        try checkHeight(bottom, reader)
        let start = count == 0 ? reader.start : Int(stack[bottom].start)
        try unsafe pushTuple(from: bottom, at: start, reader, bytes)
    }

    @inline(__always)
    private mutating func pushTuple(
        from bottom: Int, at start: Int, _ reader: InstructionReader,
        _ bytes: UnsafeRawBufferPointer
    ) throws(PickleError) {
        // Only the whole request lies at the bottom, and only `args` third under one mark.
        if marks.count == 1, bottom == 2 {
            positional.removeAll(keepingCapacity: true)
            isOverLimit.positional = false
            try unsafe note(from: bottom, reader, bytes, isKeyword: false)
        } else if marks.isEmpty, bottom == 0 {
            try unsafe noteRequest(reader, bytes)
        }
        drop(to: bottom)
        try push(.tuple, start)
    }

    private mutating func setItems(
        from bottom: Int, _ reader: InstructionReader, _ bytes: UnsafeRawBufferPointer
    ) throws(PickleError) {
        guard (height - bottom) % 2 == 0 else {
            throw .malformed("a key without a value", at: reader.start)
        }
        if marks.count == 1, bottom == 4 {
            try unsafe note(from: bottom, reader, bytes, isKeyword: true)
        }
        try extend(.dict, from: bottom, reader)
    }

    @inline(__always)
    private mutating func note(
        from bottom: Int, _ reader: InstructionReader, _ bytes: UnsafeRawBufferPointer,
        isKeyword: Bool
    ) throws(PickleError) {
        guard
            height - bottom + (isKeyword ? keywords.count : 0)
                <= (isKeyword ? 2 : 1) * Self.argumentLimit
        else {
            // An argument may lie where `args` or `kwds` do: which it is shows at the end.
            if isKeyword { isOverLimit.keywords = true } else { isOverLimit.positional = true }
            return
        }
        var index = bottom
        while index < height {
            let stop = index + 1 < height ? Int(stack[index + 1].start) : reader.start
            let slice = try unsafe slice(index, to: stop, bytes)
            if isKeyword { keywords.append(slice) } else { positional.append(slice) }
            index += 1
        }
    }

    @inline(__always)
    private func slice(
        _ index: Int, to stop: Int, _ bytes: UnsafeRawBufferPointer
    ) throws(PickleError) -> PickleSlice {
        let slice = PickleSlice(start: Int(stack[index].start), end: stop, kind: stack[index].kind)
        guard slice.isScalar else { return slice }
        var reader = unsafe InstructionReader(bytes, from: slice.start, to: stop)
        _ = try reader.next()
        return PickleSlice(start: slice.start, end: reader.position, kind: slice.kind)
    }

    @inline(__always)
    private mutating func noteRequest(
        _ reader: InstructionReader, _ bytes: UnsafeRawBufferPointer
    ) throws(PickleError) {
        isWhole = false
        guard height == 4, stack[2].kind == .tuple, stack[3].kind == .dict else { return }
        ident = try unsafe slice(0, to: Int(stack[1].start), bytes)
        method = try unsafe slice(1, to: Int(stack[2].start), bytes)
        isWhole = true
    }
}

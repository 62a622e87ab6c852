// The machine's stack of kinds, and what an instruction may take from it.
extension RequestScanner {
    @inline(__always)
    func checkText(
        _ reader: InstructionReader, _ bytes: UnsafeRawBufferPointer
    ) throws(PickleError) {
        let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[reader.payload])
        guard unsafe SurrogatePass.firstFault(in: text) == nil else {
            throw .malformed("str is not UTF-8", at: reader.start)
        }
    }

    @inline(__always)
    mutating func push(
        _ kind: PickleSlice.Kind, _ start: Int, known: PickleSlice.Kind? = nil
    ) throws(PickleError) {
        guard height < Self.stackLimit else {
            throw .limitExceeded("\(Self.stackLimit) objects on the stack")
        }
        let entry = StackEntry(
            start: UInt32(truncatingIfNeeded: start), kind: kind, known: known ?? kind)
        if height < stack.count { stack[height] = entry } else { stack.append(entry) }
        height += 1
    }

    mutating func drop(to bottom: Int) {
        height = bottom
    }

    func mayBeText(_ place: Int) -> Bool {
        stack[place].known == .str || stack[place].known == .other
    }

    /// An object must be of a kind, or what a call made, which may be anything.
    @inline(__always)
    func checkKind(
        _ kind: PickleSlice.Kind, at place: Int, _ reader: InstructionReader
    ) throws(PickleError) {
        guard stack[place].known == kind || stack[place].known == .other else {
            throw .malformed("a \(stack[place].known) in place of a \(kind)", at: reader.start)
        }
    }

    /// Objects may be taken from `height` up only where they lie above the topmost mark, with
    /// `below` more objects beneath them there.
    @inline(__always)
    func checkHeight(
        _ bottom: Int, below: Int = 0, _ reader: InstructionReader
    ) throws(PickleError) {
        guard bottom - below >= marks.last?.height ?? 0 else {
            throw .malformed("stack underflow", at: reader.start)
        }
    }

    @inline(__always)
    mutating func popMark(
        _ reader: InstructionReader
    ) throws(PickleError) -> (height: Int, start: Int) {
        guard let mark = marks.popLast() else {
            throw .malformed("no mark on the stack", at: reader.start)
        }
        return mark
    }

    mutating func replace(
        _ count: Int, with kind: PickleSlice.Kind, _ reader: InstructionReader
    ) throws(PickleError) {
        let bottom = height - count
        try checkHeight(bottom, reader)
        let start = Int(stack[bottom].start)
        drop(to: bottom)
        try push(kind, start)
    }

    mutating func construct(
        from count: Int, _ reader: InstructionReader
    ) throws(PickleError) {
        let bottom = height - count
        try checkHeight(bottom, reader)
        try checkKind(.global, at: bottom, reader)
        try replace(count, with: .other, reader)
    }

    /// Takes the objects from `height` up into the container of `kind` beneath them.
    mutating func extend(
        _ kind: PickleSlice.Kind, from bottom: Int, _ reader: InstructionReader
    ) throws(PickleError) {
        try checkHeight(bottom, below: 1, reader)
        try checkKind(kind, at: bottom - 1, reader)
        drop(to: bottom)
    }
}

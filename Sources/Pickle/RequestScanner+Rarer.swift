// The instructions that few requests hold: sets, classes, instances, numbered memo entries.
extension RequestScanner {
    /// Runs one of them; false where the pickle needs a rebuild.
    mutating func runRarer(
        _ opcode: Opcode, _ reader: inout InstructionReader, _ bytes: UnsafeRawBufferPointer
    ) throws(PickleError) -> Bool {
        switch opcode {
        case .emptyList: try push(.list, reader.start)
        case .emptySet: try push(.set, reader.start)
        case .byteArray8: try push(.byteArray, reader.start)
        case .append: try extend(.list, from: height - 1, reader)
        case .appends: try extend(.list, from: try popMark(reader).height, reader)
        case .addItems: try extend(.set, from: try popMark(reader).height, reader)
        case .frozenSet:
            let mark = try popMark(reader)
            drop(to: mark.height)
            try push(.frozenset, mark.start)
        case .global:
            // Names of Python 2 are told by the protocol so far, and a body tells none.
            if protocolNumber < 3 { return false }
            try unsafe checkText(reader, bytes)
            namesGlobals = true
            try push(.global, reader.start)
        case .ext1, .ext2, .ext4:
            guard reader.number > 0, reader.number <= Int(Int32.max) else {
                throw .malformed("extension code \(reader.number)", at: reader.start)
            }
            try push(.global, reader.start)
        case .stackGlobal:
            guard height >= 2, mayBeText(height - 1), mayBeText(height - 2) else {
                throw .malformed("STACK_GLOBAL of what is not text", at: reader.start)
            }
            namesGlobals = true
            try replace(2, with: .global, reader)
        case .reduce, .newObj:
            try checkHeight(height, below: 2, reader)
            try checkKind(.tuple, at: height - 1, reader)
            try construct(from: 2, reader)
        case .newObjEx:
            try checkHeight(height, below: 3, reader)
            try checkKind(.dict, at: height - 1, reader)
            try checkKind(.tuple, at: height - 2, reader)
            try construct(from: 3, reader)
        case .build:
            try checkHeight(height - 1, below: 1, reader)
            try checkKind(.other, at: height - 2, reader)
            drop(to: height - 1)
        case .pop:
            // What is thrown away was made for what that does to the object below, whose slice goes
            // on to here.
            guard let mark = marks.last, height - 2 >= mark.height,
                !stack[height - 2].kind.isScalar
            else { return false }
            drop(to: height - 1)
        case .binPut, .longBinPut:
            try checkHeight(height, below: 1, reader)
            return memo.put(stack[height - 1].known, at: reader.number)
        case .binGet, .longBinGet:
            guard let known = memo[reader.number] else { return false }
            hasReferences = true
            try push(.other, reader.start, known: known)
        default: return false
        }
        return true
    }
}

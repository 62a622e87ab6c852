/// Copies a slice out of a request so that it stands alone: a *body*.
///
/// A body is a run of instructions that push one object and may be put anywhere into another
/// pickle: no PROTO, FRAME or STOP; no MEMOIZE, whose number would depend on what went before; a
/// PUT, numbered from 0, only where a GET refers to it. Bodies laid side by side may use the same
/// numbers, because each is read to its end before the next begins.
package enum SliceNormalizer {
    /// Appends the slice's body.
    ///
    /// - Throws: ``PickleError`` where the slice is not one that ``RequestScanner`` found in
    ///   `bytes`.
    package static func append(
        _ slice: PickleSlice, of bytes: UnsafeRawBufferPointer, to body: inout [UInt8]
    ) throws(PickleError) {
        guard !slice.isScalar, !slice.isBody else {
            unsafe body.append(contentsOf: bytes[slice.start..<slice.end])
            return
        }
        let numbers = try slice.memoBase.map { base throws(PickleError) in
            try unsafe numbering(slice, base, bytes)
        }
        var reader = unsafe InstructionReader(bytes, from: slice.start, to: slice.end)
        var run = slice.start
        var memoized = 0
        while !reader.isAtEnd {
            let opcode = try reader.next()
            switch opcode {
            case .frame, .proto, .memoize, .binPut, .longBinPut, .binGet, .longBinGet:
                unsafe body.append(contentsOf: bytes[run..<reader.start])
                run = reader.position
            default: continue
            }
            switch opcode {
            case .memoize, .binPut, .longBinPut:
                if let number = numbers?[memoized] {
                    append(number, short: .binPut, long: .longBinPut, to: &body)
                }
                memoized += 1
            case .binGet, .longBinGet:
                let index = reader.number - (slice.memoBase ?? 0)
                guard let numbers, numbers.indices.contains(index), let number = numbers[index]
                else { throw .malformed("a reference to nothing", at: reader.start) }
                append(number, short: .binGet, long: .longBinGet, to: &body)
            default: break
            }
        }
        unsafe body.append(contentsOf: bytes[run..<slice.end])
    }

    /// The new number of each object memoized in the slice, nil for those that nothing refers to.
    private static func numbering(
        _ slice: PickleSlice, _ base: Int, _ bytes: UnsafeRawBufferPointer
    ) throws(PickleError) -> [UInt32?] {
        var isReferred: [Bool] = []
        var reader = unsafe InstructionReader(bytes, from: slice.start, to: slice.end)
        while !reader.isAtEnd {
            switch try reader.next() {
            case .memoize, .binPut, .longBinPut: isReferred.append(false)
            case .binGet, .longBinGet:
                let index = reader.number - base
                guard isReferred.indices.contains(index) else {
                    throw .malformed("a reference to nothing", at: reader.start)
                }
                isReferred[index] = true
            default: break
            }
        }
        var next: UInt32 = 0
        return isReferred.map { referred in
            guard referred else { return nil }
            defer { next += 1 }
            return next
        }
    }

    private static func append(
        _ number: UInt32, short: Opcode, long: Opcode, to body: inout [UInt8]
    ) {
        if let byte = UInt8(exactly: number) {
            body.append(short.rawValue)
            body.append(byte)
        } else {
            body.append(long.rawValue)
            unsafe withUnsafeBytes(of: number.littleEndian) { unsafe body.append(contentsOf: $0) }
        }
    }
}

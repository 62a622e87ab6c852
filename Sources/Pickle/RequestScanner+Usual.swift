// The forms in which nearly every request comes, read in one go.
extension RequestScanner {
    /// Reads a request as CPython's pickler writes it at protocol 4 and 5 when every argument is a
    /// scalar that occurs once, and there are three at most; false for any other, which is then
    /// scanned in full.
    ///
    /// ```text
    /// 0    2             11 12                 +n       +1                   +m       +1
    /// 80 p 95 <8 bytes>  28 8c n <n: ident>    94       8c m <m: method>     94
    ///      each argument 8c|58|43|42 … 94 · 4b · 4d · 4a · 4e · 88 · 89 · 47
    ///      29 | 85 94 | 86 94 | 87 94          7d 94    74 94    2e
    /// ```
    @inline(__always)
    mutating func scanUsual(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 20, unsafe bytes[0] == 0x80, unsafe bytes[1] == 4 || bytes[1] == 5,
            unsafe bytes[2] == 0x95, unsafe bytes[11] == 0x28,
            // As CPython's unpickler: a frame may be too short, but not longer than what is there.
            unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 3, as: UInt64.self))
                <= UInt64(bytes.count - 11)
        else { return false }
        return scanParts(unsafe ScalarCursor(bytes, at: 12, isMemoized: true))
    }

    /// The same of a request as a Swift client writes it, without a frame and a memo.
    ///
    /// ```text
    /// 0    2  3                 +n                  +m
    /// 80 p 28 8c n <n: ident>   8c m <m: method>    28
    ///      each argument 8c|58|43|42 … · 4b · 4d · 4a · 4e · 88 · 89 · 47
    ///      74 7d 74 2e
    /// ```
    /// Apart from the other, so that each is compiled with what is known of its form.
    @inline(never)
    mutating func scanPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 11, unsafe bytes[0] == 0x80, unsafe bytes[1] == 4 || bytes[1] == 5,
            unsafe bytes[2] == 0x28
        else { return false }
        return scanParts(unsafe ScalarCursor(bytes, at: 3, isMemoized: false))
    }

    @inline(__always)
    private mutating func scanParts(_ start: ScalarCursor) -> Bool {
        var cursor = start
        // Ident and method are compared with known names: no need to look whether they are UTF-8.
        guard let ident = cursor.nextName() ?? cursor.nextNone(), let method = cursor.nextName(),
            cursor.beginsArguments()
        else { return false }
        beginUsual(ident, method)
        var count = 0
        while let argument = cursor.next() {
            put(argument, at: count)
            count += 1
            if count > 3 { return false }
        }
        endUsual(count)
        return cursor.endsRequest(after: count)
    }

    /// Moves the arguments' slices out, for a call that holds them while the scanner may change.
    @inline(__always)
    package mutating func takeSlices() -> (positional: [PickleSlice], keywords: [PickleSlice]) {
        var taken: (positional: [PickleSlice], keywords: [PickleSlice]) = ([], [])
        swap(&taken.positional, &positional)
        swap(&taken.keywords, &keywords)
        return taken
    }

    /// Takes the slices back, for their memory.
    @inline(__always)
    package mutating func giveBack(
        _ slices: consuming (positional: [PickleSlice], keywords: [PickleSlice])
    ) {
        positional = slices.positional
        keywords = slices.keywords
    }
}

/// Reads scalars one after the other, each with its MEMOIZE where they have one.
///
/// SAFETY: each read is checked against the number of bytes, which whoever makes a cursor keeps
/// alive as long as it.
@safe private struct ScalarCursor {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    /// Whether what can be referred to has a MEMOIZE.
    private let isMemoized: Bool

    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, at position: Int, isMemoized: Bool) {
        unsafe self.bytes = unsafe bytes
        self.position = position
        self.isMemoized = isMemoized
    }

    /// The next scalar if it is a short str, which is not looked into; nil where none stands.
    @inline(__always)
    mutating func nextName() -> PickleSlice? {
        let start = position
        guard unsafe start + 2 <= bytes.count, unsafe bytes[start] == 0x8C,
            unsafe take(at: start + 2, Int(bytes[start + 1]))
        else { return nil }
        let slice = PickleSlice(start: start, end: position, kind: .str)
        if isMemoized { position += 1 }
        return slice
    }

    /// The next scalar if it is None.
    @inline(__always)
    mutating func nextNone() -> PickleSlice? {
        guard unsafe position < bytes.count, unsafe bytes[position] == 0x4E else { return nil }
        position += 1
        return PickleSlice(start: position - 1, end: position, kind: .none)
    }

    /// Steps over the MARK before the arguments, where the request has one.
    @inline(__always)
    mutating func beginsArguments() -> Bool {
        if isMemoized { return true }
        guard unsafe position < bytes.count, unsafe bytes[position] == 0x28 else { return false }
        position += 1
        return true
    }

    /// The next scalar, nil where none stands.
    @inline(__always)
    mutating func next() -> PickleSlice? {
        // The shortest scalar, `N`, has the four bytes of `74 7d 74 2e` behind it, or the seven of
        // `85 94 7d 94 74 94 2e`.
        guard unsafe position + 5 <= bytes.count else { return nil }
        let start = position
        let kind: PickleSlice.Kind
        switch unsafe bytes[start] {
        case 0x8C:
            guard takeText(at: start + 2, unsafe Int(bytes[start + 1])) else { return nil }
            kind = .str
        case 0x58:
            guard takeText(at: start + 5, length(at: start + 1)) else { return nil }
            kind = .str
        case 0x43:
            guard take(at: start + 2, unsafe Int(bytes[start + 1])) else { return nil }
            kind = .bytes
        case 0x42:
            guard take(at: start + 5, length(at: start + 1)) else { return nil }
            kind = .bytes
        case 0x4B: (kind, position) = (.int, start + 2)
        case 0x4D: (kind, position) = (.int, start + 3)
        case 0x4A: (kind, position) = (.int, start + 5)
        case 0x47: (kind, position) = (.float, start + 9)
        case 0x4E: (kind, position) = (.none, start + 1)
        case 0x88, 0x89: (kind, position) = (.bool, start + 1)
        default: return nil
        }
        let slice = PickleSlice(start: start, end: position, kind: kind)
        if isMemoized, slice.canBeReferredTo { position += 1 }
        return slice
    }

    /// Whether what is left closes a tuple of so many arguments, an empty dict and the request.
    @inline(__always)
    func endsRequest(after arguments: Int) -> Bool {
        var end = position
        guard isMemoized else {
            return unsafe end + 4 <= bytes.count
                && bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self)
                    == PlainWriter.requestEnd.littleEndian
        }
        if arguments == 0 {
            guard unsafe end < bytes.count && bytes[end] == 0x29 else { return false }
            end += 1
        } else {
            guard unsafe arguments <= 3 && end + 1 < bytes.count,
                unsafe Int(bytes[end]) == 0x84 + arguments, unsafe bytes[end + 1] == 0x94
            else { return false }
            end += 2
        }
        guard unsafe end + 5 <= bytes.count else { return false }
        return unsafe bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self)
            == UInt32(bigEndian: 0x7D94_7494) && bytes[end + 4] == 0x2E
    }

    @inline(__always)
    private func length(at offset: Int) -> Int {
        unsafe Int(
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    /// Takes so many bytes, behind which something stands: the MEMOIZE, where they have one.
    @inline(__always)
    private mutating func take(at start: Int, _ length: Int) -> Bool {
        let end = start + length
        guard unsafe end < bytes.count && (!isMemoized || bytes[end] == 0x94) else { return false }
        position = end
        return true
    }

    @inline(__always)
    private mutating func takeText(at start: Int, _ length: Int) -> Bool {
        guard take(at: start, length) else { return false }
        let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
        return unsafe SurrogatePass.isASCII(text) || SurrogatePass.firstFault(in: text) == nil
    }
}

extension PickleSlice {
    fileprivate var canBeReferredTo: Bool {
        switch kind {
        case .str, .bytes: true
        default: false
        }
    }
}

import Pickle

/// A dict's key in the form in which keys are compared: Python-equal keys have equal tags and
/// texts.
///
/// The forms are those of ``PickleValue/key()``; for str and bytes, nearly all keys, the text is
/// where it stands in the request. Valid during the call only.
///
/// SAFETY: whoever makes a key keeps the bytes alive as long as it.
@safe struct DictKey {
    /// The tags of str and bytes, whose text stands in their bodies.
    static let str = UInt8(ascii: "s")
    static let bytes = UInt8(ascii: "b")
    /// What no other key equals, not even itself.
    static let nan = UInt8(ascii: "N")

    let tag: UInt8
    let text: UnsafeRawBufferPointer
    let hash: UInt32

    @inline(__always)
    init(tag: UInt8, text: UnsafeRawBufferPointer) {
        self.tag = tag
        unsafe self.text = unsafe text
        hash = unsafe KeyHash.of(tag, text)
    }

    /// Looks at an argument as a key.
    ///
    /// - Throws: TypeError for what Python cannot hash.
    @inline(__always)
    static func with<Result>(
        _ slice: PickleSlice, of arguments: Arguments,
        _ body: (DictKey) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch slice.kind {
        case .str:
            return try unsafe body(
                DictKey(tag: Self.str, text: arguments.payload(slice)))
        case .bytes:
            return try unsafe body(
                DictKey(tag: Self.bytes, text: arguments.payload(slice)))
        default:
            if let int = arguments.int(slice) {
                return try with(canonical: Array("i\(int)".utf8), body)
            }
            return try with(try arguments.value(slice), body)
        }
    }

    /// Looks at a value as a key.
    static func with<Result>(
        _ value: PickledValue, _ body: (DictKey) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let slice = value.slice
        switch slice.kind {
        case .str, .bytes:
            return try unsafe value.body.withUnsafeBufferPointer { (bytes) throws(Failure) in
                let arguments = unsafe Arguments(bytes: UnsafeRawBufferPointer(bytes))
                return try with(slice, of: arguments, body)
            }
        case .bool, .int:
            let int = unsafe value.body.withUnsafeBytes { unsafe Arguments(bytes: $0).int(slice) }
            if let int { return try with(canonical: Array("i\(int)".utf8), body) }
        default: break
        }
        let canonical: [UInt8]
        do {
            canonical = try value.decoded().key()
        } catch {
            throw Failure(error)
        }
        return try with(canonical: canonical, body)
    }

    /// The body under which the key is kept: that of a str or bytes ends in the text, also where a
    /// client wrote it as a call, `_codecs.encode(…)`.
    func kept(_ body: [UInt8]) -> [UInt8] {
        guard DictRecord.hasTextInBody(tag) else { return body }
        switch body.first.flatMap(Opcode.init(rawValue:)) {
        case .shortBinUnicode, .binUnicode, .binUnicode8, .shortBinBytes, .binBytes, .binBytes8:
            // More than one instruction begins so too: `module name STACK_GLOBAL …`.
            if body.count == (unsafe text.count) + PickleSlice.headerSize(body[0]) { return body }
        default: break
        }
        var writer = BodyWriter()
        if tag == Self.str {
            unsafe writer.str(utf8: text)
        } else {
            unsafe writer.bytes(text)
        }
        return writer.bytes
    }

    private static func with<Result>(
        canonical: [UInt8], _ body: (DictKey) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe canonical.withUnsafeBufferPointer { (bytes) throws(Failure) in
            guard let tag = unsafe bytes.first else { throw .type("unhashable") }
            let text = unsafe UnsafeRawBufferPointer(bytes).dropFirst()
            return try unsafe body(
                DictKey(tag: tag, text: UnsafeRawBufferPointer(rebasing: text)))
        }
    }
}

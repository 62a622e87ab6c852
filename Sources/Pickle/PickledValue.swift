/// A value nobody has looked into: the instructions that push it, standing alone (see
/// ``SliceNormalizer``).
///
/// Two such values are equal if their bytes are; ask ``decoded(limits:)`` for Python's equality.
package struct PickledValue: Sendable, Hashable {
    /// The instructions.
    package let body: [UInt8]

    package init(body: [UInt8]) {
        self.body = body
    }

    /// Cuts a value out of a request.
    package init(
        _ slice: PickleSlice, of bytes: UnsafeRawBufferPointer
    ) throws(PickleError) {
        var body: [UInt8] = []
        body.reserveCapacity(slice.count)
        try unsafe SliceNormalizer.append(slice, of: bytes, to: &body)
        self.body = body
    }

    /// `None`.
    package static let none = PickledValue(body: [Opcode.none.rawValue])
    /// `True`.
    package static let yes = PickledValue(body: [Opcode.newTrue.rawValue])
    /// `False`.
    package static let no = PickledValue(body: [Opcode.newFalse.rawValue])
    /// The empty tuple.
    package static let emptyTuple = PickledValue(body: [Opcode.emptyTuple.rawValue])

    /// An int.
    package static func int(_ value: Int) -> PickledValue {
        var writer = BodyWriter()
        writer.int(value)
        return PickledValue(body: writer.bytes)
    }

    /// A str.
    package static func str(_ text: String) -> PickledValue {
        var writer = BodyWriter()
        writer.str(text)
        return PickledValue(body: writer.bytes)
    }
}

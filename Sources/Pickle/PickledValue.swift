/// A value as it is kept: mostly the instructions that push it, standing alone (see
/// ``SliceNormalizer``), into which nobody has looked; a value that shares parts with others of its
/// request is a place in their graph (see ``GraphPart``).
///
/// Two such values are equal if their bytes are; ask ``decoded(limits:)`` for Python's equality.
package struct PickledValue: Sendable, Hashable {
    enum Form {
        case body([UInt8])
        case part(GraphPart)
    }

    let form: Form

    package init(body: [UInt8]) {
        form = .body(body)
    }

    package init(_ part: GraphPart) {
        form = .part(part)
    }

    /// The instructions. Those of a part of a graph are written anew, with all that it refers to.
    package var body: [UInt8] {
        switch form {
        case .body(let body): body
        case .part(let part): part.value.body()
        }
    }

    /// The part of a graph that the value is, if it is one.
    package var part: GraphPart? {
        if case .part(let part) = form { part } else { nil }
    }

    package static func == (left: PickledValue, right: PickledValue) -> Bool {
        left.body == right.body
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(body) }

    /// Cuts a value out of a request.
    package init(
        _ slice: PickleSlice, of bytes: UnsafeRawBufferPointer
    ) throws(PickleError) {
        var body: [UInt8] = []
        body.reserveCapacity(slice.count)
        try unsafe SliceNormalizer.append(slice, of: bytes, to: &body)
        self.init(body: body)
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
        if let byte = UInt8(exactly: value) { return bytes[Int(byte)] }
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

extension PickledValue {
    /// What a value looked into came from, or another value as it will be kept.
    package init(_ value: PickleValue) {
        var visits = 0
        self.init(value, visits: &visits)
    }

    /// The same, adding how many nodes of a container or an instance were looked at.
    package init(_ value: PickleValue, visits: inout Int) {
        var writer = BodyWriter()
        switch value.kind {
        case .none:
            self = .none
            return
        case .bool(let flag):
            self = flag ? .yes : .no
            return
        case .int(let number):
            self = .int(number)
            return
        case .tuple(let items) where items.isEmpty:
            self = .emptyTuple
            return
        case .float(let number): writer.float(number)
        case .str(let text): writer.str(utf8: text.utf8)
        case .bytes(let data): writer.bytes(data)
        default:
            self.init(body: value.body(visits: &visits))
            return
        }
        self.init(body: writer.bytes)
    }

    /// The whole body as a slice of itself: a scalar's kind is told, anything else is `other`.
    package var slice: PickleSlice {
        let body: [UInt8]
        switch form {
        case .body(let instructions): body = instructions
        // No scalar is one.
        case .part: return PickleSlice(start: 0, end: 1, kind: .other)
        }
        let kind = unsafe body.withUnsafeBytes { bytes in
            var reader = unsafe InstructionReader(bytes, from: 0, to: bytes.count)
            guard let opcode = try? reader.next(), reader.isAtEnd else {
                return PickleSlice.Kind.other
            }
            return switch opcode {
            case .none: .none
            case .newTrue, .newFalse: .bool
            case .binInt, .binInt1, .binInt2, .long1, .long4: .int
            case .binFloat: .float
            case .shortBinUnicode, .binUnicode, .binUnicode8: .str
            case .shortBinBytes, .binBytes, .binBytes8: .bytes
            default: .other
            }
        }
        return PickleSlice(start: 0, end: body.count, kind: kind)
    }
}

import Pickle

/// A shared array of numbers or characters of one type: `array.array`.
final class HostedArray: HostedObject {
    static let typeName = "array.array"

    private let type: ArrayTypeCode
    /// The items, one behind the other.
    private var data: [UInt8]
    private var held: HeldBytes

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        (type, data) = try Self.bound(arguments) { (bound) throws(Failure) in
            guard let code = bound[0], let sequence = bound[1] else {
                throw .type("an argument is missing")
            }
            guard let type = try Self.typeCode(code, of: bound, isForText: sequence.kind == .str)
            else {
                // CPython begins to go through the sequence before it looks for the code.
                _ = try bound.elements(sequence, &call)
                throw .value("bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)")
            }
            return (type, try Self.data(of: type, from: sequence, of: bound, &call))
        }
        held = HeldBytes(call.memory)
        try call.memory.check(elements: count)
        try held.change(by: data.count)
    }

    static let methods = MethodTable<HostedArray>([
        Method("__len__", .slot(0), .reads) { (state, _, call) throws(Failure) in
            call.return(state.count)
        },
        Method("__getitem__", .slot(1), .reads) { (state, arguments, call) throws(Failure) in
            try state.getItem(arguments, &call)
        },
        Method("__setitem__", .unpacked(2)) { (state, arguments, call) throws(Failure) in
            try state.setItem(arguments, call.memory)
            return call.returnNone()
        },
    ])

    var count: Int { data.count / type.width }

    /// All items, or the first so many.
    func items(first limit: Int = .max) throws(Failure) -> [PickledValue] {
        var items: [PickledValue] = []
        items.reserveCapacity(min(count, limit))
        for place in 0..<min(count, limit) {
            items.append(try type.item(data[bytes(of: place)]))
        }
        return items
    }

    /// Where the item at a place stands.
    private func bytes(of place: Int) -> Range<Int> {
        place * type.width..<(place + 1) * type.width
    }

    private func write(_ data: [UInt8], to out: inout BodyWriter) {
        out.global("array", "array")
        out.str(type.letter)
        out.bytes(data)
        out.append(.tuple2)
        out.append(.reduce)
    }

    func value(_ call: inout Call) throws(Failure) {
        write(data, to: &call.out)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        guard count > 0 else { return "array('\(type.letter)')" }
        // More would be cut off: an item is three letters at the least.
        let items = try items(first: Representation.limit / 3 + 1)
        guard type.kind == .character else {
            return try Representation.join(
                items.lazy.map { [$0] }, opening: "array('\(type.letter)', [", closing: "])",
                between: "")
        }
        var writer = BodyWriter()
        writer.str(utf8: items.flatMap { $0.body[$0.text] })
        let text = try Representation.of(PickledValue(body: writer.bytes))
        return "array('\(type.letter)', \(text))"
    }
}

extension PickledValue {
    /// Where the text of a str stands in its body.
    fileprivate var text: Range<Int> {
        guard case .str(let place) = Scalar(self) else { return 0..<0 }
        return place
    }
}

// MARK: - Making one

extension HostedArray {
    /// CPython makes an array through a function: `Array(typecode, sequence, lock=True)`.
    private static func bound<Result>(
        _ arguments: Arguments, _ body: (Arguments) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard arguments.count <= 3 else {
            throw .type(
                "Array() takes from 2 to 3 positional arguments but \(arguments.count) were given")
        }
        return try Signature.named(["typecode", "sequence", "lock"], required: 2, as: "Array").bind(
            arguments, method: "Array", type: "Array", body)
    }

    /// The type of that code, nil if there is none.
    private static func typeCode(
        _ slice: PickleSlice, of arguments: Arguments, isForText: Bool
    ) throws(Failure) -> ArrayTypeCode? {
        guard slice.kind == .str else {
            let value = try arguments.decoded(slice)
            let type = slice.kind == .none ? "None" : value.nameOfType
            throw .type("array() argument 1 must be a unicode character, not \(type)")
        }
        let text = arguments.text(slice) ?? "?"
        guard text.unicodeScalars.count == 1 else {
            throw .type("array() argument 1 must be a unicode character, not str")
        }
        let type = ArrayTypeCode(text)
        // Before the code itself is looked at, as in CPython.
        if isForText, type?.kind != .character {
            throw .type("cannot use a str to initialize an array with typecode '\(text)'")
        }
        return type
    }

    private static func data(
        of type: ArrayTypeCode, from slice: PickleSlice, of arguments: Arguments,
        _ call: inout Call
    ) throws(Failure) -> [UInt8] {
        let sequence = try arguments.decoded(slice)
        switch sequence.kind {
        case .bytes(let bytes), .byteArray(let bytes):
            guard bytes.count.isMultiple(of: type.width) else {
                throw .value("bytes length not a multiple of item size")
            }
            return bytes
        default: break
        }
        if let other = sequence.array {
            guard type.kind == .character || other.type.kind != .character else {
                throw .type(
                    "cannot use a unicode array to initialize an array with typecode "
                        + "'\(type.letter)'")
            }
            if other.type.kind == type.kind, other.type.width == type.width {
                return other.data
            }
        }
        let elements = try arguments.elements(slice, &call)
        var data: [UInt8] = []
        data.reserveCapacity(elements.count * type.width)
        for element in elements { try type.append(element, to: &data) }
        return data
    }
}

// MARK: - Items by their place

extension HostedArray {
    private func `subscript`(_ arguments: Arguments) throws(Failure) -> ListSubscript {
        try arguments.subscript(at: 0) { _ in "array indices must be integers" }
    }

    private func getItem(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        switch try self.subscript(arguments) {
        case .index(let index):
            guard let place = place(index) else { throw .index("array index out of range") }
            return call.return(try type.item(data[bytes(of: place)]))
        case .slice(let slice):
            let range = try slice.resolved(for: count)
            write(items(at: range), to: &call.out)
            return .returned
        }
    }

    private func setItem(_ arguments: Arguments, _ memory: StoreMemory) throws(Failure) {
        let value = try arguments.value(at: 1)
        switch try self.subscript(arguments) {
        case .index(let index):
            guard let place = place(index) else {
                throw .index("array assignment index out of range")
            }
            var item: [UInt8] = []
            try type.append(value, to: &item)
            data.replaceSubrange(bytes(of: place), with: item)
        case .slice(let slice):
            try assign(try value.decodedOrFailure(), try slice.resolved(for: count), memory)
        }
    }

    private func assign(
        _ value: PickleValue, _ range: SliceRange, _ memory: StoreMemory
    ) throws(Failure) {
        guard let other = value.array else {
            throw .type("can only assign array (not \"\(value.nameOfType)\") to array slice")
        }
        guard other.type == type else { throw .type("bad argument type for built-in operation") }
        if range.step == 1 {
            let end = range.start + range.count
            let more = other.data.count / type.width - range.count
            try memory.check(elements: count + more)
            try held.change(by: more * type.width)
            data.replaceSubrange(range.start * type.width..<end * type.width, with: other.data)
            return
        }
        if other.data.isEmpty {
            // Unlike a list's, an array's extended slice is deleted by an empty one.
            held.add(-range.count * type.width)
            remove(range.ascending)
            return
        }
        let new = other.data.count / type.width
        guard new == range.count else {
            throw .value(
                "attempt to assign array of size \(new) to extended slice of size \(range.count)")
        }
        unsafe data.withUnsafeMutableBytes { data in
            unsafe other.data.withUnsafeBytes { new in
                for (index, place) in range.places.enumerated() {
                    unsafe copyItem(new, index, to: data, place)
                }
            }
        }
    }

    /// The items at those places, one behind the other.
    private func items(at range: SliceRange) -> [UInt8] {
        if range.step == 1 {
            let start = range.start * type.width
            return Array(data[start..<start + range.count * type.width])
        }
        var items = [UInt8](repeating: 0, count: range.count * type.width)
        unsafe items.withUnsafeMutableBytes { items in
            unsafe data.withUnsafeBytes { data in
                for (index, place) in range.places.enumerated() {
                    unsafe copyItem(data, place, to: items, index)
                }
            }
        }
        return items
    }

    /// Takes out the items at those places, which ascend.
    private func remove(_ range: SliceRange) {
        var kept: [UInt8] = []
        kept.reserveCapacity(data.count - range.count * type.width)
        var start = 0
        for place in range.places {
            let item = bytes(of: place)
            kept += data[start..<item.lowerBound]
            start = item.upperBound
        }
        kept += data[start...]
        data = kept
    }

    @inline(__always)
    private func copyItem(
        _ source: UnsafeRawBufferPointer, _ index: Int, to target: UnsafeMutableRawBufferPointer,
        _ place: Int
    ) {
        for byte in 0..<type.width {
            unsafe target[place * type.width + byte] = source[index * type.width + byte]
        }
    }

    /// The place an index means, which counts from the end if it is negative; nil if there is none.
    private func place(_ index: Int) -> Int? {
        let place = index < 0 ? index + count : index
        return (0..<count).contains(place) ? place : nil
    }
}

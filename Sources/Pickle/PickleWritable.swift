import BigInt

/// A type that is written as a Python value of its own, not by its `encode(to:)`.
protocol PickleWritable: SendableMetatype {
    func write(to state: EncodingState, path: CodingPath) throws
}

extension PickleWritable {
    /// Writes a value of this type.
    static func write<T>(_ value: T, to state: EncodingState, path: CodingPath) throws {
        guard let value = sameType(value, as: Self.self) else {
            throw path.encodingError("not a \(self)")
        }
        try value.write(to: state, path: path)
    }
}

extension Bool: PickleWritable {
    func write(to state: EncodingState, path: CodingPath) { state.writer.bool(self) }
}

extension PickleWritable where Self: BinaryInteger {
    func write(to state: EncodingState, path: CodingPath) {
        if let small = Int(exactly: self) {
            state.writer.int(small)
        } else {
            state.writer.long(BigInt(self).littleEndianBytes)
        }
    }
}

extension Int: PickleWritable {}
extension Int8: PickleWritable {}
extension Int16: PickleWritable {}
extension Int32: PickleWritable {}
extension Int64: PickleWritable {}
extension Int128: PickleWritable {}
extension UInt: PickleWritable {}
extension UInt8: PickleWritable {}
extension UInt16: PickleWritable {}
extension UInt32: PickleWritable {}
extension UInt64: PickleWritable {}
extension UInt128: PickleWritable {}
extension BigInt: PickleWritable {}
extension BigUInt: PickleWritable {}

extension Double: PickleWritable {
    func write(to state: EncodingState, path: CodingPath) { state.writer.float(self) }
}

extension Float: PickleWritable {
    func write(to state: EncodingState, path: CodingPath) { state.writer.float(Double(self)) }
}

extension String: PickleWritable {
    func write(to state: EncodingState, path: CodingPath) {
        var text = self
        text.withUTF8 { unsafe state.writer.str($0) }
    }
}

extension PickleString: PickleWritable {
    func write(to state: EncodingState, path: CodingPath) { state.writer.str(utf8) }
}

extension PickleValue: PickleWritable {
    /// Memo numbers of the value's own stand for nothing outside of it, and nothing else in the
    /// pickle uses the memo.
    func write(to state: EncodingState, path: CodingPath) {
        var pickler = Pickler(self, protocol: state.writer.pickleProtocol)
        pickler.run(id)
        state.writer.append(raw: pickler.writer.bytes)
    }
}

// MARK: Containers

extension Optional: PickleWritable where Wrapped: Encodable {
    func write(to state: EncodingState, path: CodingPath) throws {
        if let self { try state.encode(self, path: path) } else { state.writer.op(.none) }
    }
}

extension Array: PickleWritable where Element: Encodable {
    func write(to state: EncodingState, path: CodingPath) throws {
        if let bytes = sameType(self, as: [UInt8].self) {
            return state.writer.bytes(bytes)
        }
        try state.enter(path)
        defer { state.leave() }
        state.writer.op(.emptyList)
        guard !isEmpty else { return }
        state.writer.op(.mark)
        if let numbers = sameType(self, as: [Int].self) {
            for number in numbers { state.writer.int(number) }
        } else if let numbers = sameType(self, as: [Double].self) {
            for number in numbers { state.writer.float(number) }
        } else if let texts = sameType(self, as: [String].self) {
            for text in texts { text.write(to: state, path: path) }
        } else {
            for (index, element) in enumerated() {
                try state.encode(element, path: .index(path, index))
            }
        }
        state.writer.op(.appends)
    }
}

extension Set: PickleWritable where Element: Encodable {
    func write(to state: EncodingState, path: CodingPath) throws {
        try state.enter(path)
        defer { state.leave() }
        let isCall = state.writer.pickleProtocol.rawValue < 4
        if isCall { state.writer.global("builtins", "set") }
        state.writer.op(isCall ? .emptyList : .emptySet)
        state.writer.op(.mark)
        for element in self { try state.encode(element, path: path) }
        state.writer.op(isCall ? .appends : .addItems)
        if isCall {
            state.writer.op(.tuple1)
            state.writer.op(.reduce)
        }
    }
}

extension Dictionary: PickleWritable where Key: Encodable, Value: Encodable {
    func write(to state: EncodingState, path: CodingPath) throws {
        try state.enter(path)
        defer { state.leave() }
        state.writer.op(.emptyDict)
        guard !isEmpty else { return }
        state.writer.op(.mark)
        for (key, value) in self {
            try state.encode(key, path: path)
            try state.encode(value, path: .key(path, PickleKey(stringValue: "\(key)")))
        }
        state.writer.op(.setItems)
    }
}

/// Appends instructions of a pickle to bytes. Each call but ``op(_:)`` and those of the memo
/// pushes one value.
///
/// ```text
/// value    | protocol 2              | 3                 | 4                | 5
/// ---------+-------------------------+-------------------+------------------+-----------
/// str      | BINUNICODE              | BINUNICODE        | SHORT_BINUNICODE … BINUNICODE8
/// bytes    | _codecs.encode(latin1)  | SHORT_BINBYTES, BINBYTES  … BINBYTES8
/// bytearray| bytearray(bytes) by REDUCE                                     | BYTEARRAY8
/// global   | GLOBAL                  | GLOBAL            | STACK_GLOBAL     | STACK_GLOBAL
/// ```
package struct OpcodeWriter {
    package private(set) var bytes: [UInt8] = []
    package let pickleProtocol: PickleProtocol
    /// The next free number of the memo.
    private var nextMemo: Int

    package init(
        protocol pickleProtocol: PickleProtocol = .four, reserving count: Int = 0,
        firstMemo: Int = 0
    ) {
        self.pickleProtocol = pickleProtocol
        nextMemo = firstMemo
        if count > 0 { bytes.reserveCapacity(count) }
    }

    // MARK: The frame of a pickle

    package mutating func begin() {
        op(.proto)
        bytes.append(UInt8(pickleProtocol.rawValue))
    }

    package mutating func end() { op(.stop) }

    @inline(__always)
    package mutating func op(_ opcode: Opcode) { bytes.append(opcode.rawValue) }

    package mutating func append(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

    // MARK: Scalars

    package mutating func bool(_ value: Bool) { op(value ? .newTrue : .newFalse) }

    package mutating func int(_ value: Int) {
        let body = IntBody(value)
        unsafe withUnsafeBytes(of: (body.words.0.littleEndian, body.words.1.littleEndian)) {
            unsafe bytes.append(contentsOf: $0.prefix(body.length))
        }
    }

    /// - Parameter twosComplement: the number in little endian, as short as can be.
    package mutating func long(_ twosComplement: some Collection<UInt8>) {
        if let count = UInt8(exactly: twosComplement.count) {
            op(.long1)
            bytes.append(count)
        } else {
            op(.long4)
            littleEndian(Int32(clamping: twosComplement.count))
        }
        bytes.append(contentsOf: twosComplement)
    }

    package mutating func float(_ value: Double) {
        op(.binFloat)
        littleEndian(value.bitPattern.byteSwapped)
    }

    package mutating func complex(_ real: Double, _ imaginary: Double) {
        global("builtins", "complex")
        float(real)
        float(imaginary)
        op(.tuple2)
        op(.reduce)
    }

    // MARK: Text and bytes

    package mutating func str(_ utf8: some Collection<UInt8>) {
        counted(
            utf8, short: pickleProtocol.rawValue >= 4 ? .shortBinUnicode : nil, .binUnicode,
            long: .binUnicode8)
    }

    package mutating func bytes(_ content: some Collection<UInt8>) {
        guard pickleProtocol == .two else {
            return counted(content, short: .shortBinBytes, .binBytes, long: .binBytes8)
        }
        if content.isEmpty {
            global("builtins", "bytes")
            op(.emptyTuple)
        } else {
            global("_codecs", "encode")
            var latin1: [UInt8] = []
            for byte in content { SurrogatePass.append(UInt32(byte), to: &latin1) }
            str(latin1)
            str("latin1".utf8)
            op(.tuple2)
        }
        op(.reduce)
    }

    package mutating func byteArray(_ content: some Collection<UInt8>) {
        if pickleProtocol == .five {
            op(.byteArray8)
            littleEndian(UInt64(content.count))
            bytes.append(contentsOf: content)
        } else {
            global("builtins", "bytearray")
            bytes(content)
            op(.tuple1)
            op(.reduce)
        }
    }

    private mutating func counted(
        _ content: some Collection<UInt8>, short: Opcode?, _ medium: Opcode, long: Opcode
    ) {
        let count = content.count
        if let short, let length = UInt8(exactly: count) {
            op(short)
            bytes.append(length)
        } else if let length = UInt32(exactly: count) {
            op(medium)
            littleEndian(length)
        } else {
            op(long)
            littleEndian(UInt64(count))
        }
        bytes.append(contentsOf: content)
    }

    // MARK: Names

    package mutating func global(_ module: StaticString, _ name: StaticString) {
        module.withUTF8Buffer { module in
            name.withUTF8Buffer { name in
                unsafe global(module: module, name: name)
            }
        }
    }

    package mutating func global(
        module: some Collection<UInt8>, name: some Collection<UInt8>
    ) {
        if pickleProtocol.rawValue >= 4 || module.contains(0x0A) || name.contains(0x0A) {
            str(module)
            str(name)
            op(.stackGlobal)
        } else {
            op(.global)
            bytes.append(contentsOf: module)
            bytes.append(0x0A)
            bytes.append(contentsOf: name)
            bytes.append(0x0A)
        }
    }

    package mutating func extensionCode(_ code: Int) {
        if let byte = UInt8(exactly: code) {
            op(.ext1)
            bytes.append(byte)
        } else if let short = UInt16(exactly: code) {
            op(.ext2)
            littleEndian(short)
        } else {
            op(.ext4)
            littleEndian(Int32(clamping: code))
        }
    }

    /// Takes out what has been written; the memo goes on.
    mutating func takeBytes() -> [UInt8] {
        defer { bytes.removeAll() }
        return bytes
    }

    // MARK: The memo

    /// Puts what is on top of the stack aside, under the next free number, which it returns.
    package mutating func put() -> Int {
        let index = nextMemo
        nextMemo += 1
        if let byte = UInt8(exactly: index) {
            op(.binPut)
            bytes.append(byte)
        } else {
            op(.longBinPut)
            littleEndian(UInt32(clamping: index))
        }
        return index
    }

    package mutating func get(_ index: Int) {
        if let byte = UInt8(exactly: index) {
            op(.binGet)
            bytes.append(byte)
        } else {
            op(.longBinGet)
            littleEndian(UInt32(clamping: index))
        }
    }

    private mutating func littleEndian<Number: FixedWidthInteger>(_ value: Number) {
        var rest = value
        for _ in 0..<Number.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}

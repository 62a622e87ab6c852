import BigInt

/// The instructions of protocol 0, whose arguments are text up to a newline.
extension Unpickler {
    mutating func executeText(_ opcode: Opcode) throws(PickleError) {
        switch opcode {
        case .int: try loadInt()
        case .long: try loadLong()
        case .float: try loadFloat()
        case .string: try loadString()
        case .shortBinString: try pushPython2Str(try readCounted(lengthBytes: 1))
        case .binString: try pushPython2Str(try readCounted(lengthBytes: 4))
        case .unicode:
            let line = try readLine()
            let text = try rawUnicode(line)
            try push(.str(builder.addData(text)))
        case .get: try recall(try readIndex())
        case .put: try memoize(try top(), at: try readIndex())
        default:
            throw .malformed("unexpected opcode \(opcode)", at: offset - 1)
        }
    }

    // MARK: Numbers

    private mutating func readIndex() throws(PickleError) -> Int {
        let line = try readLine()
        guard let index = Int(text(line)), index >= 0 else {
            throw .malformed("memo index is not a number", at: Int(line.offset))
        }
        return index
    }

    /// INT holds bools as well: `I00` and `I01`.
    private mutating func loadInt() throws(PickleError) {
        let line = try readLine()
        switch source[line.range] {
        case [0x30, 0x30]: try pushBool(false)
        case [0x30, 0x31]: try pushBool(true)
        default: try pushDecimal(line)
        }
    }

    /// LONG may end in an `L`.
    private mutating func loadLong() throws(PickleError) {
        let line = try readLine()
        let hasSuffix = source[line.range].last == UInt8(ascii: "L")
        try pushDecimal(hasSuffix ? Extent(from: Int(line.offset), to: line.end - 1) : line)
    }

    private mutating func pushDecimal(_ line: Extent) throws(PickleError) {
        guard line.count <= limits.integerDigits + 1 else {
            throw .limitExceeded("integer of \(limits.integerDigits) digits")
        }
        let text = text(line)
        if let value = Int(text) {
            try push(.int(value))
        } else if let value = BigInt(text), value.bitWidth > 64 {
            try push(.bigInt(builder.addData(value.littleEndianBytes)))
        } else {
            throw .malformed("not an integer", at: Int(line.offset))
        }
    }

    private mutating func loadFloat() throws(PickleError) {
        let line = try readLine()
        let isPlain = source[line.range].allSatisfy {
            $0 != UInt8(ascii: "x") && $0 != UInt8(ascii: "X")
        }
        guard line.count <= 4096, isPlain, let value = Double(text(line)) else {
            throw .malformed("not a float", at: Int(line.offset))
        }
        try push(.float(value))
    }

    private func text(_ extent: Extent) -> String {
        String(decoding: source[extent.range], as: UTF8.self)
    }

    // MARK: Strings

    /// Pushes a str of Python 2, which CPython reads as ASCII.
    private mutating func pushPython2Str(_ extent: Extent) throws(PickleError) {
        guard source[extent.range].allSatisfy({ $0 < 0x80 }) else {
            throw .malformed("Python 2 str is not ASCII", at: Int(extent.offset))
        }
        try push(.str(extent))
    }

    /// STRING: a repr in quotes, with the escapes of a bytes literal.
    private mutating func loadString() throws(PickleError) {
        let line = try readLine()
        let quoted = source[line.range]
        guard quoted.count >= 2, let quote = quoted.first, quote == quoted.last,
            quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        else { throw .malformed("the STRING opcode argument must be quoted", at: Int(line.offset)) }
        guard let bytes = BytesLiteral.unescape(quoted.dropFirst().dropLast()),
            bytes.allSatisfy({ $0 < 0x80 })
        else { throw .malformed("Python 2 str is not ASCII", at: Int(line.offset)) }
        try push(.str(builder.addData(bytes)))
    }

    /// UNICODE: Latin-1 with `\uXXXX` and `\UXXXXXXXX` (Python's codec `raw-unicode-escape`).
    private func rawUnicode(_ line: Extent) throws(PickleError) -> [UInt8] {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(Int(line.count))
        var index = Int(line.offset)
        while index < line.end {
            let byte = source[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < line.end else {
                SurrogatePass.append(UInt32(byte), to: &utf8)
                continue
            }
            let kind = source[index]
            index += 1
            let digits = kind == UInt8(ascii: "u") ? 4 : kind == UInt8(ascii: "U") ? 8 : 0
            guard digits > 0 else {
                utf8.append(byte)
                SurrogatePass.append(UInt32(kind), to: &utf8)
                continue
            }
            guard line.end - index >= digits,
                let point = BytesLiteral.hexadecimal(source[index..<index + digits]),
                point <= 0x10FFFF
            else { throw .malformed("truncated \\u escape", at: index) }
            SurrogatePass.append(point, to: &utf8)
            index += digits
        }
        return utf8
    }
}

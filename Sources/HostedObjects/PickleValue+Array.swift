import Pickle

// Python's `array.array`, as multiprocessing pickles it: `array(typecode, bytes)`.
extension PickleValue {
    /// The numbers of an array.
    static func machineValues(
        _ arguments: [PickleValue], _ expansion: inout Expansion
    ) throws(Failure) -> [PickledValue] {
        guard let code = arguments.first?.string else { throw .notIterable("array") }
        guard arguments.count == 2 else { return [] }
        guard case .bytes(let data) = arguments[1].kind else {
            return try arguments[1].elements(&expansion)
        }
        let width: Int
        switch code {
        case "b", "B": width = 1
        case "h", "H": width = 2
        case "i", "I", "f", "u", "w": width = 4
        case "l", "L", "q", "Q", "d": width = 8
        default: throw .notIterable("array")
        }
        var values: [PickledValue] = []
        for start in stride(from: 0, to: data.count - width + 1, by: width) {
            let bits = data[start..<start + width].reversed().reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
            values.append(try expansion.add(machineValue(code, bits, width)))
        }
        return values
    }

    private static func machineValue(_ code: String, _ bits: UInt64, _ width: Int) -> PickledValue {
        var writer = BodyWriter()
        switch code {
        case "f": writer.float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case "d": writer.float(Double(bitPattern: bits))
        case "u", "w":
            let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: bits)) ?? "\u{FFFD}"
            writer.str(String(Character(scalar)))
        case "b", "h", "i", "l", "q":
            let unused = UInt64(64 - 8 * width)
            return .int(Int(Int64(bitPattern: bits << unused) >> Int64(unused)))
        default:
            if let int = Int(exactly: bits) { return .int(int) }
            writer.int(bits)
        }
        return PickledValue(body: writer.bytes)
    }
}

extension BodyWriter {
    /// Writes an int that is greater than any Int.
    fileprivate mutating func int(_ bits: UInt64) {
        append(.long1)
        append(byte: 9)
        for shift in stride(from: 0, through: 64, by: 8) {
            append(byte: UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
    }
}

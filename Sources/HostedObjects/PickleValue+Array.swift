import Pickle

// Python's `array.array`, as multiprocessing pickles it: `array(typecode, bytes)`.
extension PickleValue {
    /// The items of an array.
    static func arrayItems(
        _ arguments: [PickleValue], _ expansion: inout Expansion
    ) throws(Failure) -> [PickledValue] {
        guard let type = arguments.first?.string.flatMap(ArrayTypeCode.init) else {
            throw .notIterable("array")
        }
        guard arguments.count == 2 else { return [] }
        guard case .bytes(let data) = arguments[1].kind else {
            return try arguments[1].elements(&expansion)
        }
        var items: [PickledValue] = []
        for start in stride(from: 0, to: data.count - type.width + 1, by: type.width) {
            items.append(try expansion.add(type.item(data[start..<start + type.width])))
        }
        return items
    }

    /// The type code and the bytes, if the value is an array.
    var array: (type: ArrayTypeCode, data: [UInt8])? {
        guard case .object(let object) = kind, object.isInstance(of: "array", "array"),
            let type = object.arguments.first?.string.flatMap(ArrayTypeCode.init)
        else { return nil }
        guard object.arguments.count > 1 else { return (type, []) }
        guard case .bytes(let data) = object.arguments[1].kind,
            data.count.isMultiple(of: type.width)
        else { return nil }
        return (type, data)
    }
}

import Pickle

/// What of a value can be compared without decoding it.
enum Scalar {
    case none
    case int(Int)
    /// Where the text stands in the body.
    case str(Range<Int>)
    case bytes(Range<Int>)
    case other

    init(_ value: PickledValue) {
        let slice = value.slice
        // What is none may be a part of a graph, whose body must be written first.
        guard slice.kind != .other else {
            self = .other
            return
        }
        self = unsafe value.body.withUnsafeBytes { bytes in
            let arguments = unsafe Arguments(bytes: bytes)
            switch slice.kind {
            case .none: return Scalar.none
            case .bool, .int: return arguments.int(slice).map(Scalar.int) ?? .other
            case .str:
                return unsafe .str(slice.end - arguments.payload(slice).count..<slice.end)
            case .bytes:
                return unsafe .bytes(slice.end - arguments.payload(slice).count..<slice.end)
            default: return .other
            }
        }
    }
}

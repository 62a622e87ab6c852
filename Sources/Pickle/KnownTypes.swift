/// The types that are written or read as Python values of their own, by type.
///
/// To ask the runtime whether a generic type conforms to a protocol takes microseconds, and far
/// more the first time, in a forked child as well; these are the common answers, which the compiler
/// gives.
enum KnownTypes {
    static let writers = Dictionary(uniqueKeysWithValues: common.map { ($0.id, $0.writer) })
    static let readers = Dictionary(uniqueKeysWithValues: common.map { ($0.id, $0.reader) })

    private struct Known {
        let id: ObjectIdentifier
        let writer: any PickleWritable.Type
        let reader: any PickleReadable.Type

        init<T: PickleWritable & PickleReadable>(_ type: T.Type) {
            id = ObjectIdentifier(type)
            writer = type
            reader = type
        }
    }

    private static let common = [
        Known(Bool.self), Known(Int.self), Known(Int32.self), Known(Int64.self),
        Known(UInt8.self), Known(UInt64.self), Known(Double.self), Known(Float.self),
        Known(String.self), Known(PickleString.self), Known(PickleValue.self),
        Known(Bool?.self), Known(Int?.self), Known(Double?.self), Known(String?.self),
        Known([UInt8]?.self), Known(PickleValue?.self),
        Known([Bool].self), Known([Int].self), Known([UInt8].self), Known([Double].self),
        Known([String].self), Known([[UInt8]].self), Known([PickleValue].self),
        Known(Set<Int>.self), Known(Set<String>.self),
        Known([String: Int].self), Known([String: Double].self), Known([String: String].self),
        Known([String: Bool].self), Known([String: [UInt8]].self),
        Known([String: PickleValue].self), Known([Int: Int].self), Known([Int: String].self),
    ]
}

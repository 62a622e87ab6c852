/// The types that are written or read as Python values of their own, by type.
///
/// To ask the runtime whether a generic type conforms to a protocol takes microseconds; these are
/// the common answers.
enum KnownTypes {
    static let writers: [ObjectIdentifier: any PickleWritable.Type] = table(common)
    static let readers: [ObjectIdentifier: any PickleReadable.Type] = table(common)

    private static let common: [any (PickleWritable & PickleReadable).Type] = [
        Bool.self, Int.self, Int32.self, Int64.self, UInt8.self, UInt64.self, Double.self,
        Float.self,
        String.self, PickleString.self, PickleValue.self,
        Bool?.self, Int?.self, Double?.self, String?.self, [UInt8]?.self, PickleValue?.self,
        [Bool].self, [Int].self, [UInt8].self, [Double].self, [String].self, [[UInt8]].self,
        [PickleValue].self, Set<Int>.self, Set<String>.self,
        [String: Int].self, [String: Double].self, [String: String].self, [String: Bool].self,
        [String: [UInt8]].self, [String: PickleValue].self, [Int: Int].self, [Int: String].self,
    ]

    private static func table<Value>(_ types: [Value]) -> [ObjectIdentifier: Value] {
        Dictionary(
            uniqueKeysWithValues: types.compactMap { type in
                (type as? Any.Type).map { (ObjectIdentifier($0), type) }
            })
    }
}

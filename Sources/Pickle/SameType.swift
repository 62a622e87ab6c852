/// A value under the type that it has, where the compiler does not know it; nil if it has another.
///
/// `as?` between arrays looks at each element: 3 µs for 64 bytes, 70 ms for a million ints.
@inlinable @inline(__always)
package func sameType<T, U>(_ value: T, as type: U.Type) -> U? {
    guard T.self == U.self else { return nil }
    // The types are one and the same, so nothing is converted.
    return unsafe unsafeBitCast(value, to: U.self)
}

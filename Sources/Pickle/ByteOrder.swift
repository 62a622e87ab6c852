/// Which of two runs of bytes comes first, as Python's `<` has it for bytes, and for str too: the
/// order of UTF-8 is that of code points.
package enum ByteOrder {
    /// Eight bytes at a time; the same memory is looked at not at all.
    package static func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in unsafe precedes(left, right) }
        }
    }

    private static func precedes(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Bool {
        let shared = min(left.count, right.count)
        guard unsafe left.baseAddress != right.baseAddress else { return left.count < right.count }
        var offset = 0
        while offset + 8 <= shared {
            let one = unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let other = unsafe right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            // The first of them in memory counts most.
            if one != other { return UInt64(bigEndian: one) < UInt64(bigEndian: other) }
            offset += 8
        }
        while offset < shared {
            let (one, other) = unsafe (left[offset], right[offset])
            if one != other { return one < other }
            offset += 1
        }
        return left.count < right.count
    }
}

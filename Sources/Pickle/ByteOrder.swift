/// Which of two runs of bytes comes first, as Python's `<` has it for bytes, and for str too: the
/// order of UTF-8 is that of code points.
package enum ByteOrder {
    /// Whether one comes before another.
    package static func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                let place = unsafe firstDifference(left, right)
                guard place < min(left.count, right.count) else { return left.count < right.count }
                return unsafe left[place] < right[place]
            }
        }
    }

    /// Whether both are the same bytes.
    package static func areEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                unsafe firstDifference(left, right) == left.count
            }
        }
    }

    /// Where the first byte stands that is another one, or one of the two ends. Eight bytes are
    /// looked at a time, and none where both are the same memory.
    private static func firstDifference(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Int {
        let shared = min(left.count, right.count)
        guard unsafe left.baseAddress != right.baseAddress else { return shared }
        var place = 0
        while place + 8 <= shared {
            let one = unsafe left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            let other = unsafe right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            let difference = UInt64(littleEndian: one ^ other)
            if difference != 0 { return place + difference.trailingZeroBitCount / 8 }
            place += 8
        }
        while place < shared, unsafe left[place] == right[place] { place += 1 }
        return place
    }
}

/// The hash of a dict's key: folded multiplication under two secrets.
///
/// The secrets come from the standard library's hasher, which is keyed anew in each process, so a
/// peer cannot make keys collide; no outcome depends on the hash, for a dict keeps the order of
/// insertion. Each step takes eight bytes, multiplies to 128 bits and folds the halves, as wyhash
/// does (https://github.com/wangyi-fudan/wyhash).
enum KeyHash {
    private static let secrets = (secret(1), secret(2) | 1)

    private static func secret(_ number: Int) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(number)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    @inline(__always)
    static func of(_ tag: UInt8, _ text: UnsafeRawBufferPointer) -> UInt32 {
        let (first, second) = secrets
        let count = text.count
        var hash = fold(first ^ UInt64(tag), second ^ UInt64(count))
        guard count >= 8 else {
            var word: UInt64 = 0
            for index in 0..<count { word = unsafe word << 8 | UInt64(text[index]) }
            return finish(fold(hash ^ word, second))
        }
        var offset = 0
        while offset < count {
            // The last eight bytes may overlap those before.
            let place = min(offset, count - 8)
            let word = unsafe text.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            hash = fold(hash ^ word, second)
            offset += 8
        }
        return finish(hash)
    }

    /// That of a key which is never looked for, at its place in the table.
    static func of(place: Int) -> UInt32 {
        let (first, second) = secrets
        return finish(fold(first ^ UInt64(place), second))
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        return high ^ low
    }

    @inline(__always)
    private static func finish(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}

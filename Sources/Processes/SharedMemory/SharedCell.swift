/// A lock and elements in one block: what a ``SharedValue`` and a ``SharedArray`` are made of.
///
/// ```text
/// 0     an RLock (24), unless the lock is another's
/// 64    the elements
/// ```
@safe struct SharedCell<Element: BitwiseCopyable & Sendable>: Sendable {
    private static var header: Int { 64 }

    let block: MemoryBlock
    let count: Int
    private let otherLock: RLock?
    // SAFETY: it points into the block; who reads or writes there has the lock, or says that he
    // knows what he does.
    private nonisolated(unsafe) let base: UnsafeMutablePointer<Element>

    /// Zeros of so many elements: they are to be set before anybody has it.
    ///
    /// - Throws: `ProcessError` with `invalidArgument`, `system`.
    init(count: Int, lock: RLock?, name: String) throws(ProcessError) {
        guard let size = Self.byteCount(count) else {
            throw ProcessError(.invalidArgument, "\(count) elements of shared memory")
        }
        self.init(try MemoryBlock(byteCount: size, name: name), count: count, lock: lock)
    }

    private init(_ block: MemoryBlock, count: Int, lock: RLock?) {
        self.block = block
        self.count = count
        otherLock = lock
        let bytes = Self.header..<Self.header + count * MemoryLayout<Element>.stride
        unsafe base = block.address(of: bytes).bindMemory(to: Element.self, capacity: count)
    }

    /// nil for what cannot be.
    private static func byteCount(_ count: Int) -> Int? {
        guard count >= 0, MemoryLayout<Element>.alignment <= header else { return nil }
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        let (sum, overflow2) = size.addingReportingOverflow(header)
        return overflow || overflow2 ? nil : sum
    }

    var lock: RLock { otherLock ?? RLock(block) }

    /// All elements.
    @inline(__always)
    var elements: UnsafeMutableBufferPointer<Element> {
        unsafe UnsafeMutableBufferPointer(start: base, count: count)
    }
}

extension SharedCell: Codable {
    private enum Key: CodingKey {
        case block, count, lock
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let count = try container.decode(Int.self, forKey: .count)
        guard let size = Self.byteCount(count) else {
            throw DecodingError.dataCorruptedError(
                forKey: .count, in: container, debugDescription: "\(count) shared elements")
        }
        let place = try container.decode(Int.self, forKey: .block)
        self.init(
            try .unpack(place, atLeast: size, from: decoder), count: count,
            lock: try container.decodeIfPresent(RLock.self, forKey: .lock))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(try block.pack(for: encoder), forKey: .block)
        try container.encode(count, forKey: .count)
        try container.encodeIfPresent(otherLock, forKey: .lock)
    }
}

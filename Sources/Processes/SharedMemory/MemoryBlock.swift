internal import CMultiprocessing
internal import Connections
package import Sockets

/// Memory that processes share: a nameless file of a fixed size, mapped here and wherever its
/// descriptor goes.  The system frees it when the last process has let go, however that ends.
///
/// It begins as zeros, which is a state of everything that is laid into it.
@safe package final class MemoryBlock: Sendable {
    /// Its file, which travels.
    package let descriptor: SharedDescriptor
    /// Its size.
    package let byteCount: Int
    // SAFETY: it is never changed; whoever reads or writes what lies there says how.
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer

    /// Makes one.
    ///
    /// - Parameters:
    ///   - byteCount: at least 1.
    ///   - name: for `/proc/self/maps`.
    /// - Throws: `ProcessError` with `system`.
    package convenience init(byteCount: Int, name: String) throws(ProcessError) {
        precondition(byteCount > 0, "a block has at least one byte")
        let result = unsafe name.withCString { unsafe mp_memory_create($0, Int64(byteCount)) }
        guard result >= 0 else { throw .system("make shared memory", result) }
        try self.init(mapping: SharedDescriptor(Descriptor(owning: result)), byteCount: byteCount)
    }

    /// Takes over one that has come.
    ///
    /// - Throws: `ProcessError` with `malformed` for anything else, `system`.
    package convenience init(_ descriptor: SharedDescriptor) throws(ProcessError) {
        let size = mp_memory_sealed_size(descriptor.descriptor.raw)
        guard size > 0 else {
            throw ProcessError(.malformed, "a descriptor that is no shared memory")
        }
        try self.init(mapping: descriptor, byteCount: Int(size))
    }

    /// Maps as much of a file as it has.
    init(mapping descriptor: SharedDescriptor, byteCount: Int) throws(ProcessError) {
        var address: UnsafeMutableRawPointer?
        let result = unsafe mp_memory_map(descriptor.descriptor.raw, byteCount, &address)
        guard result >= 0, let address = unsafe address else {
            throw .system("map shared memory", result)
        }
        self.descriptor = descriptor
        self.byteCount = byteCount
        unsafe base = address
    }

    deinit {
        unsafe mp_memory_unmap(base, byteCount)
    }

    /// Where a part of it lies here.  The block must outlive the use.
    package func address(of range: Range<Int>) -> UnsafeMutableRawPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "outside of the block")
        return unsafe base + range.lowerBound
    }

    /// All of it.  The block must outlive the use.
    package var bytes: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: base, count: byteCount)
    }
}

extension MemoryBlock {
    /// Puts it into the luggage of what is encoded.
    ///
    /// - Returns: its place there.
    /// - Throws: `EncodingError` where no luggage travels, or too much.
    package func pack(for encoder: any Encoder) throws -> Int {
        try Luggage.of(encoder).add(descriptor, for: encoder)
    }

    /// Takes the block out that lies at a place of the luggage.
    ///
    /// - Parameter byteCount: what it must have at least.
    /// - Throws: `DecodingError` where there is none, or a smaller one.
    package static func unpack(
        _ place: Int, atLeast byteCount: Int, from decoder: any Decoder
    ) throws -> MemoryBlock {
        let problem: String
        do {
            let block = try MemoryBlock(Luggage.of(decoder).descriptor(at: place, for: decoder))
            if block.byteCount >= byteCount { return block }
            problem = "\(block.byteCount) bytes of shared memory where \(byteCount) are needed"
        } catch let error as ProcessError {
            problem = error.description
        }
        throw DecodingError.dataCorrupted(
            .init(codingPath: decoder.codingPath, debugDescription: problem))
    }
}

extension Pickler {
    /// The shortest str or bytes, in bytes, that is worth a place in the memo if it comes more
    /// than once.
    private static let memoThreshold = 4

    /// Writes a value that has no children or is in the memo; false if it has and is not.
    mutating func writeLeaf(_ id: NodeID) -> Bool {
        switch arena[id] {
        case .none: writer.op(.none)
        case .bool(let value): writer.bool(value)
        case .int(let value): writer.int(value)
        case .float(let value): writer.float(value)
        case .extensionCode(let code): writer.extensionCode(code)
        case .tuple(let extent) where extent.isEmpty: writer.op(.emptyTuple)
        case .str(let extent) where extent.count < Self.memoThreshold:
            writer.str(arena.bytes(extent))
        case .bytes(let extent) where extent.count < Self.memoThreshold:
            writer.bytes(arena.bytes(extent))
        default:
            return writeShared(id)
        }
        return true
    }

    private mutating func writeShared(_ id: NodeID) -> Bool {
        let number = memo[id]
        if number != 0 {
            writer.get(Int(number) - 1)
            return true
        }
        switch arena[id] {
        case .bigInt(let extent): writer.long(arena.bytes(extent))
        case .complex(let real, let imaginary): writer.complex(real, imaginary)
        case .str(let extent): writer.str(arena.bytes(extent))
        case .bytes(let extent): writer.bytes(arena.bytes(extent))
        case .byteArray(let extent): writer.byteArray(arena.bytes(extent))
        case .global(let module, let name) where isLine(module, name):
            writer.global(module: arena.text(module), name: arena.text(name))
        default: return false
        }
        put(id)
        return true
    }

    /// Whether a name is written by GLOBAL, as two lines: in protocols 2 and 3, if it can be and
    /// is not huge.
    private func isLine(_ module: NodeID, _ name: NodeID) -> Bool {
        let parts = [arena.text(module), arena.text(name)]
        return writer.pickleProtocol.rawValue < 4
            && parts.allSatisfy { $0.count < 256 && !$0.contains(0x0A) }
    }
}

// Values that occur so often that all of them are one piece of memory.
extension PickledValue {
    /// The ints from 0 to 255.
    package static let bytes: [PickledValue] = (0...255).map { byte in
        PickledValue(body: [Opcode.binInt1.rawValue, byte])
    }

    /// The ASCII characters as str.
    package static let characters: [PickledValue] = (0...127).map { character in
        PickledValue(body: [Opcode.shortBinUnicode.rawValue, 1, character])
    }

    /// Whether the value is among them, if it was made here.
    package var isShared: Bool {
        if case .body(let body) = form { Self.isShared(body) } else { false }
    }

    private static func isShared(_ body: [UInt8]) -> Bool {
        switch body.count {
        case 1:
            body[0] != Opcode.emptyList.rawValue && body[0] != Opcode.emptyDict.rawValue
                && body[0] != Opcode.emptySet.rawValue
        case 2: body[0] == Opcode.binInt1.rawValue
        case 3: body[0] == Opcode.shortBinUnicode.rawValue && body[2] < 0x80
        default: false
        }
    }

    /// How many bytes it takes where it is kept, besides its place: its body and the head of its
    /// memory.
    package var heldSize: Int {
        switch form {
        case .body(let body): Self.isShared(body) ? 0 : 48 + body.count
        case .part(let part): part.heldSize
        }
    }
}

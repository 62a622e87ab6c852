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
        guard part == nil else { return false }
        let body = body
        return switch body.count {
        case 1:
            body[0] != Opcode.emptyList.rawValue && body[0] != Opcode.emptyDict.rawValue
                && body[0] != Opcode.emptySet.rawValue
        case 2: body[0] == Opcode.binInt1.rawValue
        case 3: body[0] == Opcode.shortBinUnicode.rawValue && body[2] < 0x80
        default: false
        }
    }
}

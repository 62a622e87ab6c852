/// Where in a value coding is at work; made into keys only for an error or for who asks.
indirect enum CodingPath {
    case root
    case key(CodingPath, any CodingKey)
    case index(CodingPath, Int)

    /// The path as keys, the outermost first.
    var keys: [any CodingKey] {
        var keys: [any CodingKey] = []
        var path = self
        while true {
            switch path {
            case .root: return keys.reversed()
            case .key(let parent, let key):
                keys.append(key)
                path = parent
            case .index(let parent, let index):
                keys.append(PickleKey(intValue: index))
                path = parent
            }
        }
    }

    func encodingError(_ reason: String) -> EncodingError {
        .invalidValue(reason, .init(codingPath: keys, debugDescription: reason))
    }

    func corrupted(_ reason: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: keys, debugDescription: reason))
    }

    func mismatch(_ type: Any.Type, _ found: PickleValue) -> DecodingError {
        .typeMismatch(
            type, .init(codingPath: keys, debugDescription: "found Python's \(found.typeName)"))
    }
}

/// A key by name or by place in a list.
struct PickleKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }

    /// The key under which a class encodes what it inherits.
    static let `super` = PickleKey(stringValue: "super")
}

// A nil is written as None, so that Python sees every field. The standard library's own of these
// methods leave it out, and that of each type is one of them. Those that are most are written out:
// their own `encode` is quicker than the generic one, which `encodeOrNone` calls.
extension DictEncodingContainer {
    private func encodeOrNone<T: Encodable>(_ value: T?, _ key: Key) throws {
        guard let value else { return try encodeNil(forKey: key) }
        try encode(value, forKey: key)
    }

    func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
        try encodeOrNone(value, key)
    }

    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
    }

    func encodeIfPresent(_ value: Int?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
    }

    func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: Int128?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: UInt128?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try encodeOrNone(value, key) }

    func encodeIfPresent(_ value: Double?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
    }

    func encodeIfPresent(_ value: String?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
    }
}

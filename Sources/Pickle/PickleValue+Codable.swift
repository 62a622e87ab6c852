extension PickleValue: Codable {
    /// Passes through a ``PickleEncoder`` as it is; any other encoder is given its pickle, as an
    /// array of bytes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(pickled())
    }

    /// Passes through a ``PickleDecoder`` as it is; any other decoder is asked for a pickle, as
    /// an array of bytes.
    public init(from decoder: any Decoder) throws {
        try self.init(pickle: decoder.singleValueContainer().decode([UInt8].self))
    }
}

extension PickleString: Codable {
    /// Encodes the text; any other encoder than a ``PickleEncoder`` is given U+FFFD in place of
    /// lone surrogates.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(lossyString)
    }

    /// Decodes a text.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }
}

extension QueueRing: Codable {
    init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer().decode(Int.self)
        try self.init(.unpack(place, atLeast: Self.byteCount, from: decoder))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(try block.pack(for: encoder))
    }
}

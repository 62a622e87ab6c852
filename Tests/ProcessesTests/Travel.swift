import Connections
import Pickle

/// What another process has after a value has been sent to it.
func travelled<Value: Codable>(_ value: Value) throws -> Value {
    let luggage = Luggage()
    var encoder = PickleEncoder()
    encoder.userInfo[Luggage.key] = luggage
    let bytes = try encoder.encode(value)
    var decoder = PickleDecoder()
    decoder.userInfo[Luggage.key] = Luggage(luggage.descriptors)
    return try decoder.decode(Value.self, from: bytes)
}

/// What another process makes of a message that is not what it says, with a value's descriptors.
func travelled<Value: Codable, Other: Decodable>(
    _ value: Value, as type: Other.Type, _ message: some Encodable
) throws -> Other {
    let luggage = Luggage()
    var encoder = PickleEncoder()
    encoder.userInfo[Luggage.key] = luggage
    _ = try encoder.encode(value)
    var decoder = PickleDecoder()
    decoder.userInfo[Luggage.key] = Luggage(luggage.descriptors)
    return try decoder.decode(Other.self, from: try PickleEncoder().encode(message))
}

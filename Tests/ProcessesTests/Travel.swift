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

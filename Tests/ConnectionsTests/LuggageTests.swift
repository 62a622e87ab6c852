import Connections
import Pickle
import Sockets
import Testing

/// Descriptors that travel with encoded values.
struct LuggageTests {
    /// A value that owns a descriptor.
    private struct Owner: Codable {
        let descriptor: SharedDescriptor

        init(_ descriptor: SharedDescriptor) { self.descriptor = descriptor }

        init(from decoder: any Decoder) throws {
            let place = try decoder.singleValueContainer().decode(Int.self)
            descriptor = try Luggage.of(decoder).descriptor(at: place, for: decoder)
        }

        func encode(to encoder: any Encoder) throws {
            let place = try Luggage.of(encoder).add(descriptor, for: encoder)
            var container = encoder.singleValueContainer()
            try container.encode(place)
        }
    }

    private func socket() throws -> SharedDescriptor {
        try Descriptor.pair().split { first, _ in SharedDescriptor(first) }
    }

    @Test func whatTravelsTwiceIsPackedOnce() throws {
        let (one, two) = (try socket(), try socket())
        let luggage = Luggage()
        var encoder = PickleEncoder()
        encoder.userInfo[Luggage.key] = luggage
        let bytes = try encoder.encode([Owner(one), Owner(two), Owner(one)])
        #expect(luggage.descriptors.count == 2)
        var decoder = PickleDecoder()
        decoder.userInfo[Luggage.key] = Luggage(luggage.descriptors)
        let owners = try decoder.decode([Owner].self, from: bytes)
        #expect(owners.map { $0.descriptor === one } == [true, false, true])
        #expect(owners[1].descriptor === two)
    }

    @Test func itDoesNotTravelWithoutLuggage() throws {
        let owner = Owner(try socket())
        #expect(throws: EncodingError.self) { try PickleEncoder().encode(owner) }
        let place = try PickleEncoder().encode(0)
        #expect(throws: DecodingError.self) {
            try PickleDecoder().decode(Owner.self, from: place)
        }
    }

    @Test func aPlaceWhereNothingLiesIsAnError() throws {
        var decoder = PickleDecoder()
        decoder.userInfo[Luggage.key] = Luggage()
        for place in [0, -1, Int.max] {
            let bytes = try PickleEncoder().encode(place)
            #expect(throws: DecodingError.self) { try decoder.decode(Owner.self, from: bytes) }
        }
    }
}

import Connections
import Foundation
import Sockets

/// A descriptor that travels with whoever holds it.
struct Passenger: Codable, Sendable {
    let shared: SharedDescriptor

    init(_ descriptor: consuming Descriptor) {
        shared = SharedDescriptor(descriptor)
    }

    init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer().decode(Int.self)
        shared = try Luggage.of(decoder).descriptor(at: place, for: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(try Luggage.of(encoder).add(shared, for: encoder))
    }

    func write(_ text: String) {
        _ = unsafe Array(text.utf8).withUnsafeBytes { unsafe shared.descriptor.write($0) }
    }

    func becomeStandardError() {
        dup2(shared.descriptor.raw, 2)
    }

    /// What can be read now.
    func takeWhatIsThere() -> String {
        var room = [UInt8](repeating: 0, count: 4096)
        let transfer = unsafe room.withUnsafeMutableBytes {
            unsafe shared.descriptor.read(into: $0)
        }
        guard case .bytes(let count) = transfer else { return "" }
        return String(decoding: room.prefix(count), as: UTF8.self)
    }

    /// What comes first.
    func text() async throws -> String {
        _ = try await shared.descriptor.becomesReadable("a text", within: .seconds(60))
        return takeWhatIsThere()
    }

    /// Two ends of which each reads what is written to the other.
    static func pair() throws -> (here: Passenger, there: Passenger) {
        try Descriptor.pair().split { (Passenger($0), Passenger($1)) }
    }
}

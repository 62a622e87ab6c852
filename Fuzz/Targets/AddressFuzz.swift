internal import Sockets

/// An address as somebody types it: it is refused with a sentence, or it is one, whose text means
/// the same address again and which the system takes or refuses.
enum AddressFuzz: FuzzTarget {
    static let name = "addresses"
    static let isMadeOfInstructions = false

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        [
            "tcp://127.0.0.1:5000", "tcp://[::1]:65535", "tcp://localhost:0",
            "tcp://[fe80::1%lo]:1",
            "tcp://a:b:1", "tcp://[]:1", "tcp://:1", "tcp://a]:1", "tcp://0x7f.1:080", "unix:///a",
            "unix://a", "unix:@a%00%fF", "unix:@%4", "unix:@", "http://a:1", "tcp://a:65536",
            "unix:///" + String(repeating: "é", count: 53), "tcp://e\u{301}:7",
        ].map { Array($0.utf8) }
    }

    static func run(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        let address: SocketAddress
        do throws(SocketError) {
            address = try SocketAddress(parsing: text)
        } catch {
            claim(error.code == .invalidAddress, "a text is refused as an address: \(error)")
            return
        }
        let again = claim("an address reads back") { () throws(SocketError) in
            try SocketAddress(parsing: address.description)
        }
        claim(again == address, "\(address) became \(again)")
        do throws(SocketError) {
            let places = try address.resolved(.numeric, listening: input.count.isMultiple(of: 2))
            claim(!places.isEmpty, "\(address) is somewhere")
            claim(places.count <= SocketAddress.candidateLimit, "\(address) is in few places")
        } catch {
            let isRefused = error.code == .invalidAddress || error.code == .unresolvable
            claim(isRefused, "\(address) is refused as an address: \(error)")
        }
    }
}

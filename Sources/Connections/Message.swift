internal import Sockets

/// What one send gives and one receive takes: bytes, and the descriptors that travel with them.
struct Message: Sendable {
    /// What each descriptor of a kept message counts for, in bytes: so a peer can make this process
    /// hold some hundreds of them, and then has to wait.
    static let weightOfDescriptor = 4096

    let bytes: [UInt8]
    let luggage: [SharedDescriptor]

    init(_ bytes: [UInt8], luggage: [SharedDescriptor] = []) {
        self.bytes = bytes
        self.luggage = luggage
    }

    /// What it counts for while nobody has taken it, in bytes.
    var weight: Int {
        bytes.count + Inbox.messageOverhead + luggage.count * Self.weightOfDescriptor
    }
}

extension Message: Equatable {
    static func == (first: Message, second: Message) -> Bool {
        first.bytes == second.bytes
            && first.luggage.elementsEqual(second.luggage) { $0 === $1 }
    }
}

extension Message: ExpressibleByArrayLiteral {
    init(arrayLiteral bytes: UInt8...) {
        self.init(bytes)
    }
}

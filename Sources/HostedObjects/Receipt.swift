package import Pickle

/// What a reply gave away, to be taken back if the reply cannot be handed to the socket.
package struct Receipt: Sendable, Hashable {
    /// What was given.
    package enum Kind: Sendable, Hashable {
        /// A queue's item, which had that place in the order of all items.
        case item(PickledValue, sequence: Int)
        /// A lock, or one more level of a recursive one.
        case grant
        /// A condition's lock, as often as the caller had held it before it waited for the
        /// condition, and the notification, if that ended the wait.
        case resumption(isNotified: Bool)
    }

    /// To whom.
    package let session: SessionID
    let object: ObjectID
    let kind: Kind
}

/// A reply to a call that had waited, framed and ready for its connection.
package struct Delivery: Sendable {
    /// Whose reply it is.
    package let session: SessionID
    /// The frame, header included.
    package let frame: [UInt8]
    /// What it gives away.
    package let receipt: Receipt?
    /// Whether the connection has served then.
    package let isLast: Bool
    /// Whether the connection has other calls under way meanwhile.
    package let isTagged: Bool
}

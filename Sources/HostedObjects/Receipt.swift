package import Pickle

/// What a reply gave away, to be taken back if the reply cannot be handed to the socket.
package struct Receipt: Sendable, Hashable {
    /// What was given.
    package enum Kind: Sendable, Hashable {
        /// A queue's item, which had that place in the order of all items.
        case item(PickledValue, sequence: Int)
        /// What is known by its token: a lock, one more level of a recursive one, or a permit.
        case grant(Int)
        /// A semaphore's permit that is not known by a token, and with whose end it ends.
        case permit(OwnerID)
        /// A condition's lock, as often as the caller had held it before it waited for the
        /// condition, and the notification, if that ended the wait.
        case resumption(isNotified: Bool)
    }

    /// To whom.
    package let session: SessionID
    let object: ObjectID
    let kind: Kind
    /// Under which tag the call came, if it came with one.
    package let tag: UInt32?

    /// Where an item has its place in its queue; nil for anything else.
    var sequence: Int? {
        if case .item(_, let sequence) = kind { sequence } else { nil }
    }
}

/// A reply to a call that had waited, framed and ready for its connection.
package struct Delivery: Sendable {
    /// Whose reply it is.
    package let session: SessionID
    /// The frame, header included.
    package let frame: [UInt8]
    /// What it gives away.
    package let receipt: Receipt?
    /// What becomes of the connection then.
    package let sequel: Sequel

    /// What becomes of a connection with a delivery.
    package enum Sequel: Sendable, Hashable {
        /// It has other calls under way meanwhile.
        case goesOn
        /// It had waited, and is read again.
        case isReadAgain
        /// It has served.
        case ends
        /// It ends at once: what has not been sent goes back.
        case breaks
    }
}

/// The frames of a tagged connection, on the client's side. docs/PROTOCOL.md draws them.
///
/// ```text
/// request                                reply
/// offset  size                           offset  size
/// 0       4      length of what follows  0       4      length of what follows
/// 4       4      tag                     4       4      tag
/// 8       4      owner, or order         8       …      pickle
/// 12      …      pickle, or nothing
///
/// request whose outcome is kept
/// 8       4      owner, and the highest bit
/// 12      4      number
/// 16      …      pickle
/// ```
package enum TaggedFrame {
    /// The tag of what the server says unasked.
    static let push = UInt32.max
    /// In the owner's place: the server is to keep the outcome.
    private static let kept: UInt32 = 1 << 31
    /// Bytes of a reply's body before its pickle.
    static let replyHeader = 4

    /// What is asked without a pickle.
    package enum Order: UInt32 {
        /// Cancels the call of that tag, if it waits.
        case cancel = 0
        /// Takes back what the reply of that tag gave.
        case undo = 1
        /// Ends the owner whose number stands in the tag's place.
        case endOwner = 2
        /// Promises to be heard of within as many milliseconds as stand in the tag's place.
        case promise = 3
    }

    /// The answer to a call that was cancelled: `('#CANCELLED', None)`.
    private static let cancelled: [UInt8] =
        [0x80, 4, 0x8C, 10] + Array("#CANCELLED".utf8) + [0x4E, 0x86, 0x2E]

    static func isCancelled(_ pickle: UnsafeRawBufferPointer) -> Bool {
        guard pickle.count == cancelled.count else { return false }
        return unsafe pickle.elementsEqual(cancelled)
    }

    /// What stands before the pickle of a request.
    package struct Head {
        private let tag: UInt32
        /// The owner, or the order.
        private let word: UInt32
        /// The number under which the outcome is kept.
        private let number: UInt32?

        /// Most bytes that it takes.
        static let longest = FrameHeader.sizeLimit + 12

        /// That of a call.
        ///
        /// - Parameter number: under which its outcome is to be kept, if it is to be.
        package init(_ tag: UInt32, owner: UInt32, keptAs number: UInt32?) {
            self.tag = tag
            self.number = number
            word = number == nil ? owner : owner | kept
        }

        /// That of an order.
        package init(_ order: Order, _ tag: UInt32) {
            self.tag = tag
            number = nil
            word = order.rawValue
        }

        /// Writes it into room for so many bytes.
        ///
        /// - Returns: how many it has.
        @inline(__always)
        func write(bodyCount: Int, into room: UnsafeMutableRawBufferPointer) -> Int {
            let own = number == nil ? 8 : 12
            let start = unsafe FrameHeader.write(own + bodyCount, into: room)
            precondition(room.count >= start + own, "no room for the header of a tagged frame")
            unsafe room.storeBytes(of: tag.bigEndian, toByteOffset: start, as: UInt32.self)
            unsafe room.storeBytes(of: word.bigEndian, toByteOffset: start + 4, as: UInt32.self)
            if let number {
                unsafe room.storeBytes(
                    of: number.bigEndian, toByteOffset: start + 8, as: UInt32.self)
            }
            return start + own
        }
    }
}

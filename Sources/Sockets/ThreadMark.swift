internal import CMultiprocessing

/// Marks a thread as that of an object, which then knows quickly whether it is called there.
package enum ThreadMark {
    /// The calling thread is the owner's, for good.
    package static func set(_ owner: AnyObject) {
        mp_loop_enter(number(owner))
    }

    /// Whether the calling thread is the owner's.
    @inline(__always)
    package static func isSet(_ owner: AnyObject) -> Bool {
        mp_loop_current() == number(owner)
    }

    private static func number(_ owner: AnyObject) -> UInt {
        UInt(bitPattern: ObjectIdentifier(owner))
    }
}

internal import CMultiprocessing
internal import Sockets

/// A named segment of which a tracker or a manager knows.
struct TrackedSegment: Hashable, Sendable {
    /// With the slash in front.
    let name: String
    /// Which file it is: a later one of the same name is another's.
    let device: UInt64
    let inode: UInt64

    /// Takes away its name, if that is still its own.
    ///
    /// - Returns: whether it was.
    func unlink() -> Bool {
        let raw = unsafe name.withCString { unsafe mp_segment_open($0) }
        guard raw >= 0 else { return false }
        let descriptor = Descriptor(owning: raw)
        var (ownDevice, ownInode): (UInt64, UInt64) = (0, 0)
        let result = unsafe mp_segment_identify(descriptor.raw, &ownDevice, &ownInode)
        guard result >= 0, ownDevice == device, ownInode == inode else { return false }
        return unsafe name.withCString { unsafe mp_segment_unlink($0) } >= 0
    }
}

internal import CMultiprocessing

/// Which file a path named when we looked: to remove that one and no other.
struct FileIdentity: Sendable {
    let path: String
    let device: UInt64
    let inode: UInt64
    let isSocket: Bool

    /// nil when the path names nothing that we can see.
    init?(path: String) {
        var found = mp_file_identity()
        guard unsafe path.withCString({ unsafe mp_identify($0, &found) }) >= 0 else { return nil }
        self.path = path
        device = found.device
        inode = found.inode
        isSocket = found.is_socket
    }

    /// Removes the file, unless another has taken its place.
    func remove() {
        guard let now = FileIdentity(path: path), now.device == device, now.inode == inode
        else { return }
        _ = unsafe path.withCString { unsafe mp_unlink($0) }
    }
}

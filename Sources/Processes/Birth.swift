internal import CMultiprocessing
internal import Connections
internal import Sockets

/// A child that has come into being, and waits to be told what to do.
struct Birth: ~Copyable {
    let identifier: Int32
    /// The line to it.
    let link: Descriptor
    /// Becomes readable when it ends (a pidfd).
    let watch: Descriptor

    private init(_ identifier: Int32, _ link: Int32, _ watch: Int32) {
        self.identifier = identifier
        self.link = Descriptor(owning: link)
        self.watch = Descriptor(owning: watch)
    }

    /// - Throws: `ProcessError` with `notInProgram`, `system`, `ended`, `cancelled`.
    init(by method: StartMethod) async throws(ProcessError) {
        switch method {
        case .spawn: self = try Birth.spawn()
        }
    }

    private static func spawn() throws(ProcessError) -> Birth {
        var link: Int32 = -1
        var watch: Int32 = -1
        let identifier = unsafe mp_child_start(&link, &watch)
        guard identifier >= 0 else { throw .notStarted(identifier) }
        return Birth(identifier, link, watch)
    }
}

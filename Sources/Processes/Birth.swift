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

    init(_ identifier: Int32, _ link: consuming Descriptor, _ watch: consuming Descriptor) {
        self.identifier = identifier
        self.link = link
        self.watch = watch
    }

    /// - Throws: `ProcessError` with `notInProgram`, `system`, `ended`, `cancelled`.
    init(by method: StartMethod) async throws(ProcessError) {
        switch method {
        case .spawn: self = try Birth.spawn()
        case .forkserver: self = try await ThisProcess.shared.forkServers.child()
        case .fork: self = try Birth.fork()
        }
    }

    private static func spawn() throws(ProcessError) -> Birth {
        var link: Int32 = -1
        var watch: Int32 = -1
        let identifier = startProgram(isServer: false, &link, &watch)
        guard identifier >= 0 else { throw .notStarted(identifier) }
        return Birth(identifier, Descriptor(owning: link), Descriptor(owning: watch))
    }

    private static func fork() throws(ProcessError) -> Birth {
        var link: Int32 = -1
        var watch: Int32 = -1
        let identifier = unsafe mp_child_fork(&link, &watch)
        guard identifier >= 0 else { throw .notStarted(identifier) }
        return Birth(identifier, Descriptor(owning: link), Descriptor(owning: watch))
    }

    /// `mp_child_start` with the executable that has been set.
    static func startProgram(isServer: Bool, _ link: inout Int32, _ watch: inout Int32) -> Int32 {
        guard let executable = ThisProcess.shared.executable else {
            return unsafe mp_child_start(nil, isServer, &link, &watch)
        }
        return unsafe executable.withCString {
            unsafe mp_child_start($0, isServer, &link, &watch)
        }
    }
}

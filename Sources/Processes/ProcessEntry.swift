internal import CMultiprocessing
internal import Connections
internal import Sockets

/// What a child runs in the place of the program's `main`: `children.c` calls it, and nobody else.
///
/// The Swift runtime knows all types of the program by then, and tasks run.
@_cdecl("mp_child_main")
package func runChild(_ descriptor: Int32) {
    do {
        if mp_child_is_forked() { IOLoop.forget() }
        try run(through: ParentLink(Descriptor(owning: descriptor)))
        mp_exit(0)
    } catch {
        MainThread.end(error)
    }
}

/// What a fork server does first: `forkserver.c` calls it, and nobody else.
@_cdecl("mp_fork_server_prepare")
package func prepareForkServer(_ descriptor: Int32) -> Int32 {
    do {
        let line = mp_passing_duplicate(descriptor)
        guard line >= 0 else { return line }
        try run(through: ParentLink(Descriptor(owning: line)))
        return 0
    } catch {
        HostProcess.printError("multiprocessing: a fork server's preparation failed: \(error)\n")
        return -MP_EINVAL
    }
}

private func run(through parent: ParentLink) throws {
    let luggage = try parent.receiveLuggage()
    try Launch(try parent.receive(), luggage).main().main(parent)
}

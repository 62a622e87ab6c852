internal import CMultiprocessing
internal import Connections
internal import Sockets

/// What a child runs in the place of the program's `main`: `children.c` calls it, and nobody else.
///
/// The Swift runtime knows all types of the program by then, and tasks run.
@_cdecl("mp_child_main")
package func runChild(_ descriptor: Int32) {
    let parent = ParentLink(Descriptor(owning: descriptor))
    // Whatever a child does, it will want to authenticate; it can do without if there is no thread.
    try? DedicatedThread.start(name: "openssl") { AuthenticationKey.prepare() }
    do {
        let luggage = try parent.receiveLuggage()
        try Launch(try parent.receive(), luggage).main().main(parent)
        mp_exit(0)
    } catch {
        MainThread.end(error)
    }
}

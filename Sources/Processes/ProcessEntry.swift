internal import CMultiprocessing
internal import Sockets

/// What a child runs in the place of the program's `main`: `children.c` calls it, and nobody else.
///
/// The Swift runtime knows all types of the program by then, and tasks run.
@_cdecl("mp_child_main")
package func runChild(_ descriptor: Int32) {
    let parent = ParentLink(Descriptor(owning: descriptor))
    do {
        try Launch(try parent.receive()).main().main(parent)
        mp_exit(0)
    } catch {
        MainThread.end(error)
    }
}

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
    } catch let error as ProcessError where error.code == .ended {
        // The parent ended before it had said what to do: nobody is there to be told.
        mp_exit(1)
    } catch {
        HostProcess.printError("multiprocessing: a child failed: \(error)\n")
        mp_exit(1)
    }
}

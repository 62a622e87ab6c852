import Pickle

/// A shared semaphore: so many may pass as permits were given, and whoever likes may give more.
final class HostedSemaphore: SemaphoreObject {
    static let typeName = "threading.Semaphore"

    var state: SemaphoreState

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        state = try SemaphoreState("Semaphore", arguments, &call)
    }

    static let methods = MethodTable<HostedSemaphore>([
        Method("acquire", SemaphoreState.acquire) { (object, arguments, call) throws(Failure) in
            try object.state.acquire(arguments, &call)
        },
        Method("release", .named(["n"], required: 0, as: "Semaphore.release")) {
            (object, arguments, call) throws(Failure) in
            try object.state.release(arguments, &call)
            return call.returnNone()
        },
    ])

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<threading.Semaphore at 0x\(call.object.ident): value=\(state.value.text)>"
    }
}

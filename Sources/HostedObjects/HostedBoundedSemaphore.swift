import Pickle

/// A shared semaphore that is an error to release more often than it was acquired.
final class HostedBoundedSemaphore: SemaphoreObject {
    static let typeName = "threading.BoundedSemaphore"

    var state: SemaphoreState

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        state = try SemaphoreState("BoundedSemaphore", isBounded: true, arguments, &call)
    }

    static let methods = MethodTable<HostedBoundedSemaphore>([
        Method("acquire", SemaphoreState.acquire) { (object, arguments, call) throws(Failure) in
            try object.state.acquire(arguments, &call)
        },
        Method("release", .named(["n"], required: 0, as: "BoundedSemaphore.release")) {
            (object, arguments, call) throws(Failure) in
            try object.state.release(arguments, &call)
            return call.returnNone()
        },
    ])

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<threading.BoundedSemaphore at 0x\(call.object.ident): "
            + "value=\(state.value.text)/\(state.initialValue.text)>"
    }
}

import Pickle

/// A shared semaphore: so many may pass as permits were given, and whoever likes may give more.
final class HostedSemaphore: Granting {
    static let typeName = "threading.Semaphore"

    private var state: SemaphoreState

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

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable("_thread.lock")
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<threading.Semaphore at 0x\(call.object.ident): value=\(state.value.text)>"
    }

    func undo(_ receipt: Receipt.Kind, _ call: inout Call) {
        state.takeBack(receipt, &call)
    }

    func bereaved(of owner: OwnerID, isDeath: Bool, _ call: inout Call) {
        if isDeath { state.bereaved(of: owner, &call) }
    }

    func acquire(
        _ timeout: Timeout, as terms: GrantTerms?, _ call: inout Call
    ) throws(Failure) -> Outcome { try state.acquire(timeout, as: terms, &call) }

    func lasts(_ token: Int) -> Bool { state.lasts(token) }

    func endGrant(_ token: Int, _ call: inout Call) { state.endGrant(token, &call) }

    func token(of session: SessionID) -> Int? { state.token(of: session) }

    var leased: [Int] { state.leased }
    var waiterLists: [WaiterListID] { state.waiterLists }
}

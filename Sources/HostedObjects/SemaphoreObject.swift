/// What semaphores of both kinds do alike.
protocol SemaphoreObject: Granting {
    var state: SemaphoreState { get set }
}

extension SemaphoreObject {
    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable("_thread.lock")
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

import Pickle

/// A shared flag that calls can wait for.
final class HostedEvent: HostedObject {
    static let typeName = "threading.Event"

    private var isSet = false
    private let line: WaiterListID

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        try Signature.named([], required: 0, as: "Event.__init__").bind(
            arguments, method: "__init__", type: "Event"
        ) { _ in }
        line = call.waiters.makeList()
    }

    static let methods = MethodTable<HostedEvent>([
        Method("is_set", .named([], required: 0, as: "Event.is_set"), .reads) {
            (state, _, call) throws(Failure) in
            call.return(state.isSet)
        },
        Method("set", .named([], required: 0, as: "Event.set")) {
            (state, _, call) throws(Failure) in
            state.isSet = true
            call.answerAll(of: state.line, .yes)
            return call.returnNone()
        },
        Method("clear", .named([], required: 0, as: "Event.clear")) {
            (state, _, call) throws(Failure) in
            state.isSet = false
            return call.returnNone()
        },
        Method("wait", .named(["timeout"], required: 0, as: "Event.wait"), .reads) {
            (state, arguments, call) throws(Failure) in
            guard !state.isSet else { return call.return(true) }
            let timeout = try Timeout.ofWait(arguments, arguments[0])
            guard !timeout.isZero else { return call.return(false) }
            return try call.park(in: state.line, seconds: timeout.seconds, timeUp: .returns(false))
        },
    ])

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable("_thread.lock")
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<threading.Event at 0x\(call.object.ident): \(isSet ? "set" : "unset")>"
    }

    var waiterLists: [WaiterListID] { [line] }
}

import Pickle

// Calls under a token: who was overtaken without noticing changes nothing any more.
extension ObjectStore {
    /// The method that calls another under a token: `#FENCED(token, method, *args, **kwds)`.
    static let fencedCall = "#FENCED"

    /// Calls a method under a token, unless the object was called under a younger one before.
    ///
    /// Calls under older tokens that wait in one of the object's lines are refused then too: they
    /// would go on later than what is done now.
    mutating func callFenced(
        _ object: any HostedObject, _ arguments: Arguments, _ start: Int
    ) throws(Failure) -> Reception {
        let token = try arguments.token(0)
        guard let method = arguments[1], method.kind == .str else {
            throw .type("\(Self.fencedCall) takes a token, a method's name and its arguments")
        }
        let name = unsafe arguments.payload(method)
        guard unsafe !name.elementsEqual(Self.fencedCall.utf8) else {
            throw .type("a call is made under one token")
        }
        if try call.table.raiseFence(call.object, to: token) { refuse(object, before: token) }
        call.fence = token
        defer { call.fence = 0 }
        return try unsafe callMethod(name, object, arguments.droppingFirst(2), start)
    }

    private mutating func refuse(_ object: any HostedObject, before token: Int) {
        for list in object.waiterLists + object.foreignLists {
            for id in call.waiters.fenced(in: list, of: call.object, before: token) {
                guard let fence = call.waiters[id]?.fence else { continue }
                call.fail(id, .fenced(fence, by: token))
            }
        }
    }
}

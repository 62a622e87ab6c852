import Pickle

// What came of calls whose connection was lost before their replies came.
extension ObjectStore {
    /// A call of an earlier connection, as its client names it.
    typealias CallName = (line: UInt32?, tag: UInt32?, number: UInt32?)

    /// Answers `outcome(line, tag, number)`: what came of a call of an earlier connection of the
    /// same client.
    ///
    /// ```text
    /// ('reply', pickle)   it was carried out: this is what it was answered
    /// ('unheard', None)   it has never come, or nothing has come of it: it may be made anew
    /// ('unknown', None)   nobody can tell
    /// ('ending', None)    the connection was open yet, and ends now: ask again
    /// ```
    mutating func writeOutcome(of name: CallName) throws(Failure) {
        switch try lostCall(name) {
        case .unheard: write("unheard")
        case .unknown: write("unknown")
        case .ending: write("ending")
        case .came(let reply): write("reply", reply)
        case .gave(let receipt):
            // An item is given once more to whom it was given. A lock is free again, if it is
            // still held as it was granted: then whoever asks may try again.
            if case .item(let item, _) = receipt.kind {
                return write("reply", ReplyFrame.pickle(returning: item))
            }
            takeBack(receipt)
            write("unheard")
        }
    }

    /// Answers `undo(line, tag, number)`: nobody wants what came of a call of an earlier connection
    /// of the same client. As with that order on a connection that is open, an item goes back, a
    /// lock is free if it is still held as it was granted, and all else stays as it is.
    ///
    /// ```text
    /// ('done', None)      what it gave has gone back, or it gave nothing
    /// ('unknown', None)   nobody can tell
    /// ('ending', None)    the connection was open yet, and ends now: ask again
    /// ```
    mutating func writeUndoing(of name: CallName) throws(Failure) {
        switch try lostCall(name) {
        case .unknown: return write("unknown")
        case .ending: return write("ending")
        case .unheard, .came: break
        case .gave(let receipt): takeBack(receipt)
        }
        write("done")
    }

    private enum LostCall {
        case unheard
        case unknown
        case ending
        case came([UInt8])
        case gave(Receipt)
    }

    /// What is known of a call of an earlier connection, which ends if it has not.
    private mutating func lostCall(_ name: CallName) throws(Failure) -> LostCall {
        let session = call.sessions[Int(call.caller.slot)]
        guard let tag = name.tag, let number = name.number, let line = name.line,
            let identity = session.identity, session.tagged?.line?.number != line
        else { throw Failure("AssertionError", "this connection cannot ask for that") }
        let name = LineRegister.Name(
            identity: identity, number: line, principal: call.principal)
        switch lines.find(name) {
        case nil: return .unknown
        case .open(let session):
            breakOff(session)
            return .ending
        case .ended(let line):
            guard let (outcome, receipt) = line.outcome(tag, number) else { return .unheard }
            switch outcome {
            case .came(let reply): return .came(reply)
            case .gave: return receipt.map { .gave($0) } ?? .unknown
            case .underWay, .unknown: return .unknown
            }
        }
    }

    private mutating func takeBack(_ receipt: Receipt) {
        let caller = call.caller
        undo([receipt], at: call.now)
        call.caller = caller
    }

    /// What a reply gave has gone back: its call is as if it had never come.
    mutating func forgetOutcome(_ tag: UInt32, of session: SessionID) {
        if call.isAlive(session) {
            call.sessions[Int(session.slot)].tagged?.outcomes.forget(tag)
        } else {
            lines.forget(tag, of: session)
        }
    }

    private mutating func write(_ kind: String, _ reply: [UInt8]? = nil) {
        call.out.str(kind)
        if let reply {
            call.out.bytes(reply)
        } else {
            call.out.none()
        }
        call.out.append(.tuple2)
    }
}

extension Arguments {
    /// A number of the tagged extension's; nil where there is no argument.
    func number(_ index: Int) throws(Failure) -> UInt32? {
        guard let slice = self[index] else { return nil }
        if let number = int(slice).flatMap({ UInt32(exactly: $0) }) { return number }
        throw Failure("OverflowError", "no number of 32 bits")
    }
}

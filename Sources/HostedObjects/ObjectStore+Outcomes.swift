import Pickle

// What came of calls whose connection was lost before their replies came.
extension ObjectStore {
    /// Answers `outcome(line, tag, number)`: what came of a call of an earlier connection of the
    /// same client.
    ///
    /// ```text
    /// ('reply', pickle)   it was carried out: this is what it was answered
    /// ('unheard', None)   it has never come, or nothing has come of it: it may be made anew
    /// ('unknown', None)   nobody can tell
    /// ('ending', None)    the connection was open yet, and ends now: ask again
    /// ```
    mutating func writeOutcome(
        of tag: UInt32?, _ number: UInt32?, onLine line: UInt32?
    ) throws(Failure) {
        let session = call.sessions[Int(call.caller.slot)]
        guard let tag, let number, let line, let identity = session.identity,
            session.tagged?.line?.number != line
        else { throw Failure("AssertionError", "this connection cannot ask for that") }
        let name = LineRegister.Name(
            identity: identity, number: line, principal: call.principal)
        switch lines.find(name) {
        case nil: write("unknown")
        case .open(let session):
            breakOff(session)
            write("ending")
        case .ended(let line):
            guard let (outcome, receipt) = line.outcome(tag, number) else {
                return write("unheard")
            }
            switch outcome {
            case .came(let reply): write("reply", reply)
            case .gave: writeGift(receipt)
            case .underWay, .unknown: write("unknown")
            }
        }
    }

    /// An item is given once more to whom it was given. A lock is free again, if it is still held
    /// as it was granted: then whoever asks may try again.
    private mutating func writeGift(_ receipt: Receipt?) {
        guard let receipt else { return write("unknown") }
        if case .item(let item, _) = receipt.kind {
            return write("reply", ReplyFrame.pickle(returning: item))
        }
        let caller = call.caller
        undo([receipt], at: call.now)
        call.caller = caller
        write("unheard")
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

extension PickleValue {
    /// The value as a whole pickle: PROTO … STOP.
    public func pickled(protocol pickleProtocol: PickleProtocol = .four) -> [UInt8] {
        var pickler = Pickler(self, protocol: pickleProtocol)
        pickler.writer.begin()
        pickler.run(id)
        pickler.writer.end()
        return pickler.writer.bytes
    }

    /// The value as instructions of protocol 4 that stand alone and push one value: no PROTO,
    /// FRAME or STOP.
    ///
    /// Memo numbers are explicit and count from 0, and only what a GET refers to is put: so
    /// bodies can stand one after the other in a pickle that uses no MEMOIZE.
    package func body() -> [UInt8] {
        var visits = 0
        return body(visits: &visits)
    }

    /// The same, adding how many nodes were looked at.
    func body(visits: inout Int) -> [UInt8] {
        var pickler = Pickler(self, protocol: .four)
        pickler.run(id)
        visits += pickler.plan.visits
        return pickler.writer.bytes
    }
}

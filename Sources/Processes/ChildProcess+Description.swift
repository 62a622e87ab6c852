internal import CMultiprocessing

extension ChildProcess: CustomStringConvertible {
    /// What it is and what became of it, as CPython writes it: `<Process name='Process-1' pid=4711
    /// parent=4710 stopped exitcode=-SIGTERM>`.
    public var description: String {
        let state = current()
        var words = ["Process", "name='\(state.name)'"]
        if let identifier = try? state.identifier { words.append("pid=\(identifier)") }
        if isOfThisProcess { words.append("parent=\(mp_process_id())") }
        words.append(state.phase.word)
        if let code = try? state.exitCode { words.append("exitcode=\(Self.name(ofCode: code))") }
        if state.daemon { words.append("daemon") }
        return "<\(words.joined(separator: " "))>"
    }

    /// `-SIGTERM` for -15, and a status as it is.
    private static func name(ofCode code: Int32) -> String {
        guard code < 0, let name = unsafe mp_signal_name(-code) else { return "\(code)" }
        return unsafe "-SIG\(String(cString: name))"
    }
}

extension ChildState.Phase {
    fileprivate var word: String {
        switch self {
        case .created, .starting: "initial"
        case .running, .relative: "started"
        case .ended: "stopped"
        case .closed: "closed"
        }
    }
}

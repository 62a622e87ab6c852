import ChildPrograms

extension CPython {
    /// Those whose handshakes and frames we must understand.
    static let found = find(["3.8", "3.11", "3.12", "3.13"])
}

import ChildPrograms

extension CPython {
    /// Those whose servers the client must get along with.
    static let found = find(["3.8", "3.11", "3.12", "3.13"])
}

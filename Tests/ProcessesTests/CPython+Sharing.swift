import ChildPrograms

extension CPython {
    /// Those of the versions that differ in shared memory.
    static let sharingMemory = find(["3.8", "3.9", "3.11", "3.12", "3.13"])

    /// Runs a script, in which trackers of CPython's do nothing: before 3.13 they unlink what was
    /// only attached.
    ///
    /// - Parameter arguments: its `sys.argv[1:]`.
    /// - Returns: what it prints.
    func shareMemory(_ script: String, _ arguments: String...) async throws -> String {
        let text = """
            import sys
            from multiprocessing import resource_tracker
            resource_tracker.register = resource_tracker.unregister = lambda *_: None
            from multiprocessing.shared_memory import SharedMemory, ShareableList
            \(script)
            """
        return try await run(["-c", text] + arguments)
    }
}

internal import CMultiprocessing

extension ChildProcess {
    /// This process: CPython's `current_process()`.
    ///
    /// It can be asked for its name, its number and its key, and not be started or joined.
    public static var current: ChildProcess { ThisProcess.shared.current }

    /// The process that started this one; nil in a program's first process: CPython's
    /// `parent_process()`.
    ///
    /// It can be asked for its name, its number, whether it is alive and for its sentinel, and it
    /// can be joined, and not be sent signals.
    public static var parent: ChildProcess? { ThisProcess.shared.parent }

    /// The children of this process that run, in the order in which they were made: CPython's
    /// `active_children()`.  Those that have ended have been taken leave of.
    public static var activeChildren: [ChildProcess] { ThisProcess.shared.children }

    /// How many processors the system has.
    public static var cpuCount: Int { Int(mp_processor_count()) }

    /// How many processors this process may use: at most `cpuCount`, less where somebody has bound
    /// it to some (`taskset`).
    public static var usableCPUCount: Int { Int(mp_usable_processor_count()) }
}

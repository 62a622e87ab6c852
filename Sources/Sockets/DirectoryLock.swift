internal import CMultiprocessing

/// A turn at putting socket files into one directory.
///
/// Between finding a stale socket file and taking its place, or between binding and listening,
/// another process could think the file stale and remove it.  The lock (flock on the directory)
/// closes that gap for processes that take it.  It is only advice: where the directory cannot be
/// opened, or is locked by somebody else for longer than `patience`, we go on without.
struct DirectoryLock: ~Copyable {
    /// Longest wait for the lock, in steps of `step`.
    static let patience: Duration = .seconds(1)
    static let step: Duration = .milliseconds(5)

    private let held: Descriptor?

    /// Waits for a turn in the directory of `path`; may block for `patience`.
    init(besides path: String) {
        let directory = path.lastIndex(of: "/").map { path[...$0] } ?? "."
        let deadline = MonotonicClock.nanoseconds + Self.patience.nanosecondsRoundedUp
        while true {
            let result = unsafe String(directory).withCString { unsafe mp_lock_directory($0) }
            if result >= 0 {
                held = Descriptor(owning: result)
                return
            }
            if result != -MP_EAGAIN || MonotonicClock.nanoseconds >= deadline {
                held = nil
                return
            }
            mp_sleep_nanoseconds(Self.step.nanosecondsRoundedUp)
        }
    }
}

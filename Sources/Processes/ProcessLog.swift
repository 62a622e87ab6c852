public import Logging
internal import Sockets

/// The log of child processes: silent until somebody asks for it.
///
/// ```swift
/// let logger = ProcessLog.logToStderr(level: .info)
/// logger.warning("doomed")                  // [WARNING/MainProcess] doomed
/// ```
///
/// Children that are started afterwards log to their standard error from the same level on.
/// The levels have CPython's names: `trace` is SUBDEBUG, `notice` is SUBWARNING.
public enum ProcessLog {
    /// From which level on is logged where nothing is said.
    static let defaultLevel = Logger.Level.warning

    /// The library's logger: CPython's `get_logger()`.  It writes nowhere before `logToStderr`.
    public static var logger: Logger {
        Logger(label: "multiprocessing") { _ in StderrHandler() }
    }

    /// Has this process, and the children that it starts from now on, log to standard error, each
    /// line as `[LEVEL/ProcessName] message`: CPython's `log_to_stderr()`.
    ///
    /// - Parameter level: from which level on; nil for what it has been, at first `warning`.
    /// - Returns: the logger.
    @discardableResult
    public static func logToStderr(level: Logger.Level? = nil) -> Logger {
        let this = ThisProcess.shared
        this.logLevel = level ?? this.logLevel ?? defaultLevel
        return logger
    }

    /// CPython's name of a level.
    static func name(of level: Logger.Level) -> String {
        switch level {
        case .trace: "SUBDEBUG"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .notice: "SUBWARNING"
        case .warning: "WARNING"
        case .error: "ERROR"
        case .critical: "CRITICAL"
        }
    }
}

/// Writes lines in CPython's format, each at once, so that those of several processes do not mix.
private struct StderrHandler: LogHandler {
    var metadata = Logger.Metadata()
    /// What has been set for one logger.
    private var level: Logger.Level?

    var logLevel: Logger.Level {
        get { level ?? ThisProcess.shared.logLevel ?? ProcessLog.defaultLevel }
        set { level = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let this = ThisProcess.shared
        guard this.logLevel != nil else { return }
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let pairs = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        HostProcess.printError(
            "[\(ProcessLog.name(of: event.level))/\(this.current.name)] \(event.message)\(pairs)\n")
    }
}

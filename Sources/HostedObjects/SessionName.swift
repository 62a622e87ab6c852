/// What a session tells of itself in `accept_connection`.
///
/// ```text
/// MainProcess              CPython: the name of the process; its main thread
/// Process-1:2|Thread-7     the name of the process, and of a thread that is not its main one
/// swift#1f00ba4c           this library: a process, known by what stands behind the #; the
///                          connection that lasts for as long as the process refers to objects
/// swift#1f00ba4c|line      the same process; another of its connections
/// ```
///
/// The end of a main thread's connection is that of the process, or near it; the end of another
/// thread's is not. A name of any other form tells nothing.
struct SessionName {
    /// How a process counts the objects that it has from its parent.
    enum Inheritance {
        /// As its own: it was forked, or has no parent.
        case counted
        /// Not at all, as a child that CPython has spawned since 3.9.
        case uncounted
        /// Its name does not tell.
        case unknown
    }

    /// How long a process's name may be, in bytes.
    static let identityLimit = 64
    private static let mainProcess = "MainProcess"

    /// Whether the connection's end is that of the process.
    let isMain: Bool
    /// How the process counts what it has from its parent.
    let inheritance: Inheritance
    /// What stands behind the `#`.
    let identity: String?

    init?(_ text: String) {
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        guard let process = parts.first else { return nil }
        isMain = parts.count == 1
        if process.hasPrefix("Spawn") || process.hasPrefix("ForkServer") {
            inheritance = .uncounted
        } else {
            let isForked = process == Self.mainProcess || process.hasPrefix("Fork")
            inheritance = isForked ? .counted : .unknown
        }
        if let sign = process.firstIndex(of: "#") {
            let identity = process[process.index(after: sign)...]
            guard !identity.isEmpty, identity.utf8.count <= Self.identityLimit else { return nil }
            self.identity = String(identity)
        } else {
            guard Self.isProcessName(process) else { return nil }
            identity = nil
        }
    }

    /// Whether CPython gives processes such names: `MainProcess`, `Process-1`,
    /// `ForkPoolWorker-3`, `SpawnProcess-1:2`.
    private static func isProcessName(_ text: Substring) -> Bool {
        if text == mainProcess { return true }
        guard let dash = text.lastIndex(of: "-") else { return false }
        let kind = text[..<dash]
        let numbers = text[text.index(after: dash)...].split(
            separator: ":", omittingEmptySubsequences: false)
        return (kind.hasSuffix("Process") || kind.hasSuffix("Worker"))
            && numbers.allSatisfy { number in
                let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
                return !number.isEmpty && number.utf8.allSatisfy { digits ~= $0 }
            }
    }
}

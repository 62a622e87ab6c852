/// What Python's `traceback` writes of an exception.
///
/// ```text
/// Traceback (most recent call last):           + Exception Group Traceback (most recent …
///   File "…", line 7, in f                     |   File "…", line 7, in f
///     raise ValueError("a\nb")                 | ExceptionGroup: text (2 sub-exceptions)
/// ValueError: a                                +-+---------------- 1 ----------------
/// b                                              | …
/// ```
enum PythonTraceback {
    private static let chains = [
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    ]

    /// What stands behind the frames of the last traceback of a text: `module.Name: message`, with
    /// the other lines of the message, and notes.
    static func lastException(in text: String) -> String {
        var found: [Substring] = []
        var isGroup = false
        for whole in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if isGroup, whole.hasPrefix("  +-") { break }
            let line = isGroup ? whole.dropFirst(4) : whole
            if chains.contains(String(line)) {
                found = []
            } else if !found.isEmpty {
                found.append(line)
            } else if line.hasPrefix("  + Exception Group Traceback") {
                isGroup = true
            } else if !line.isEmpty, !line.hasPrefix(" "), !line.hasPrefix("Traceback") {
                found.append(line)
            }
        }
        while let last = found.last, last.isEmpty { found.removeLast() }
        return found.joined(separator: "\n")
    }

    /// The function in which it was raised: the last frame's; nil where there is none.
    static func function(in text: String) -> Substring? {
        let frame = text.split(separator: "\n").last { $0.hasPrefix("  File ") }
        return frame?.split(separator: " ").last
    }
}

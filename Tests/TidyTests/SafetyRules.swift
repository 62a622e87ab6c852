/// What may stop a process or hide a race, unless it says why it cannot.
enum SafetyRules {
    /// `try!`, `as!`, `x!` and types that unwrap themselves.
    static func forcedUnwraps(_ file: SourceFile) -> [Finding] {
        guard file.language == .swift else { return [] }
        return file.masked.code.enumerated().flatMap { number, line in
            line.indices.filter { isForced(line, at: $0) }.map {
                Finding(path: file.path, line: number + 1, reason: "forced at column \($0 + 1)")
            }
        }
    }

    /// A `!` that follows an operand without a blank and does not begin `!=`.
    private static func isForced(_ line: [UInt8], at index: Int) -> Bool {
        guard line[index] == UInt8(ascii: "!"), index > 0 else { return false }
        let before = line[index - 1]
        let isPostfix = Token.isWordByte(before) || ")]}?!>\"".utf8.contains(before)
        let isOperator = index + 1 < line.count && line[index + 1] == UInt8(ascii: "=")
        return isPostfix && !isOperator
    }

    /// Promises the compiler cannot check, without a `SAFETY:` line above or beside them.
    static func unexplainedPromises(_ file: SourceFile) -> [Finding] {
        guard file.language == .swift else { return [] }
        return lines(
            of: file.masked,
            containing: [
                "@unchecked Sendable", "nonisolated(unsafe)",
            ]
        ) { !$0.contains("SAFETY:") }
        .map { Finding(path: file.path, line: $0 + 1, reason: "needs a SAFETY: line above") }
    }

    /// A task that nobody waits for, without a comment above that says why it may.
    static func looseTasks(_ file: SourceFile) -> [Finding] {
        guard file.language == .swift, file.path.hasPrefix("Sources/") else { return [] }
        return lines(
            of: file.masked,
            containing: [
                "Task {", "Task.detached", "Task.immediate",
            ]
        ) { $0.isEmpty }
        .map { Finding(path: file.path, line: $0 + 1, reason: "a loose task says why") }
    }

    /// A clock that is set now and then, without a `CLOCK:` line above that says why nothing is
    /// decided by it.
    static func wallClocks(_ file: SourceFile) -> [Finding] {
        guard file.path.hasPrefix("Sources/") else { return [] }
        return lines(
            of: file.masked,
            containing: [
                "Date(", "Date.now", "CLOCK_REALTIME", "gettimeofday", "time(NULL)", "time(nil)",
                "clock_gettime(CLOCK_BOOT", "TIME_UTC",
            ]
        ) { !$0.contains("CLOCK:") }
        .map { Finding(path: file.path, line: $0 + 1, reason: "needs a CLOCK: line above") }
    }

    /// A file that makes codes for a key, and compares them in a time that tells how much is right.
    static func hastyComparisons(_ file: SourceFile) -> [Finding] {
        guard file.language == .swift, file.path.hasPrefix("Sources/") else { return [] }
        let code = file.masked.code.map { String(decoding: $0, as: UTF8.self) }
        guard let line = code.firstIndex(where: { $0.contains("try hmac(") }),
            !code.contains(where: { $0.contains("constantTimeEqual(") })
        else { return [] }
        return [Finding(path: file.path, line: line + 1, reason: "compares a code hastily")]
    }

    /// The lines of code that contain one of `patterns` and whose comment fails `isUnexplained`.
    private static func lines(
        of source: MaskedSource, containing patterns: [String],
        where isUnexplained: (String) -> Bool
    ) -> [Int] {
        source.code.indices.filter { number in
            let code = String(decoding: source.code[number], as: UTF8.self)
            return patterns.contains { code.contains($0) && stands($0, in: code) }
                && isUnexplained(source.comment(at: number))
        }
    }

    /// Whether `pattern` stands in `code`, not as the end of a longer word nor as a type's own
    /// name.
    private static func stands(_ pattern: String, in code: String) -> Bool {
        code.split(separator: pattern, omittingEmptySubsequences: false).dropLast().contains {
            !($0.utf8.last.map(Token.isWordByte) ?? false)
                && !$0.hasSuffix("enum ") && !$0.hasSuffix("struct ")
        }
    }
}

extension PickleValue: CustomStringConvertible {
    /// The value as Python's `repr` writes it, as of Python 3.13.
    ///
    /// - Instances of exceptions, slices, ranges, Decimals and tokens are written as Python does;
    ///   any other instance as `<module.Class object>`, without an address, since a pickle holds
    ///   no code that could do better.
    /// - An int of more than 4300 digits is written in hexadecimal, where Python raises an error.
    /// - Sets are written in the order of their pickle.
    ///
    /// - Parameter limit: about the most UTF-8 bytes to give; a longer text is cut and ends in
    ///   `...`, as one does that takes more than ``PickleLimits/revisits``.
    public func repr(limit: Int = PickleLimits.default.reprLength) -> String {
        var revisits = PickleLimits.default.revisits
        return repr(limit: limit, revisits: &revisits)
    }

    /// The same in a call that writes more values than this one.
    ///
    /// - Parameter revisits: what is left of the call's ``PickleLimits/revisits``.
    package func repr(limit: Int, revisits: inout Int) -> String {
        var writer = ReprWriter(arena, limit: limit, revisits: revisits)
        writer.run(self)
        revisits = max(0, writer.revisits)
        return writer.isCut ? writer.text + "..." : writer.text
    }

    /// The value as Python's `str` writes it: a str itself, an exception's message, else the same
    /// as ``repr(limit:)``.
    ///
    /// - Parameter limit: about the most UTF-8 bytes to give, of what is not a str.
    public func str(limit: Int = PickleLimits.default.reprLength) -> String {
        if case .str(let extent) = node {
            return PickleString(unchecked: Array(arena.bytes(extent))).lossyString
        }
        guard let exception, exception.isCertain else { return repr(limit: limit) }
        return exception.message(limit: limit)
    }

    /// The value as Python's `repr` writes it, at most 1000 bytes.
    public var description: String { repr(limit: 1000) }
}

extension PickleException {
    /// `str(exception)`, unless its class has an idea of its own about that.
    package func message(limit: Int = PickleLimits.default.reprLength) -> String {
        switch arguments.count {
        case 0: return ""
        case 1 where name == "KeyError": return arguments[0].repr(limit: limit)
        case 1:
            // The argument may be an exception in turn; only the first one is looked through.
            return arguments[0].exception == nil
                ? arguments[0].str(limit: limit) : arguments[0].repr(limit: limit)
        case 2...5 where isOSError:
            // errno, text, and perhaps a file, None (the error of Windows), and a second file
            let text = "[Errno \(arguments[0].str())] \(arguments[1].str(limit: limit))"
            let files = [2, 4].filter { $0 < arguments.count && arguments[$0] != .none }
                .map { arguments[$0].repr(limit: limit) }
            return files.isEmpty ? text : "\(text): \(files.joined(separator: " -> "))"
        default: return PickleValue.tuple(arguments).repr(limit: limit)
        }
    }

    /// Whether the class is OSError or one of its subclasses, whose `str` names the errno.
    fileprivate var isOSError: Bool {
        module == "builtins"
            && [
                "OSError", "BlockingIOError", "ChildProcessError", "ConnectionError",
                "BrokenPipeError", "ConnectionAbortedError", "ConnectionRefusedError",
                "ConnectionResetError", "FileExistsError", "FileNotFoundError", "InterruptedError",
                "IsADirectoryError", "NotADirectoryError", "PermissionError", "ProcessLookupError",
                "TimeoutError",
            ].contains(name)
    }
}

/// What Python's module `builtins` holds besides classes: a pickle tells only the name.
enum BuiltinNames {
    private static let functions: Set<String> = [
        "__build_class__", "__import__", "abs", "aiter", "all", "anext", "any", "ascii", "bin",
        "breakpoint", "callable", "chr", "compile", "delattr", "dir", "divmod", "eval", "exec",
        "format", "getattr", "globals", "hasattr", "hash", "hex", "id", "input", "isinstance",
        "issubclass", "iter", "len", "locals", "max", "min", "next", "oct", "open", "ord", "pow",
        "print", "repr", "round", "setattr", "sorted", "sum", "vars",
    ]

    /// `type(value).__name__`
    static func typeName(of name: String) -> String {
        switch name {
        case "Ellipsis": "ellipsis"
        case "NotImplemented": "NotImplementedType"
        default: functions.contains(name) ? "builtin_function_or_method" : "type"
        }
    }

    /// `repr(value)`
    static func repr(of name: String) -> String {
        switch name {
        case "Ellipsis", "NotImplemented": name
        default: functions.contains(name) ? "<built-in function \(name)>" : "<class '\(name)'>"
        }
    }
}

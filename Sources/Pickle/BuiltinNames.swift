/// What Python's module `builtins` holds besides classes: a pickle tells only the name.
enum BuiltinNames {
    private static let functions: Set<String> = [
        "__build_class__", "__import__", "abs", "aiter", "all", "anext", "any", "ascii", "bin",
        "breakpoint", "callable", "chr", "compile", "delattr", "dir", "divmod", "eval", "exec",
        "format", "getattr", "globals", "hasattr", "hash", "hex", "id", "input", "isinstance",
        "issubclass", "iter", "len", "locals", "max", "min", "next", "oct", "open", "ord", "pow",
        "print", "repr", "round", "setattr", "sorted", "sum", "vars",
    ]

    /// Classes written in C, whose names in messages have the module before them.
    private static let qualified: Set<String> = [
        "array.array", "collections.OrderedDict", "collections.defaultdict", "collections.deque",
        "datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta",
        "datetime.timezone", "decimal.Decimal",
    ]

    /// What messages call the class of an instance.
    static func typeName(ofInstance module: String, _ name: String) -> String {
        let whole = "\(module).\(name)"
        return qualified.contains(whole)
            ? whole : String(name.split(separator: ".").last ?? "object")
    }

    /// Whether instances of a class of Python's own cannot be hashed.
    static func isUnhashable(_ typeName: String) -> Bool { unhashable.contains(typeName) }

    private static let unhashable: Set<String> = [
        "array.array", "collections.OrderedDict", "collections.defaultdict", "collections.deque",
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

/// The calls that change nothing: where a connection was lost and nobody knows whether one has been
/// carried out, it may be made again. What comes of all others a server of this house keeps.
@usableFromInline
enum RepeatableCalls {
    /// Whether a method may be called again of a proxy of this class in Python. None of `AutoProxy`
    /// may: nobody knows what the methods of other types do.
    ///
    /// It is asked with each call. Strings of up to 15 bytes are compared as two words.
    @usableFromInline
    static func contains(_ method: String, of pythonName: String) -> Bool {
        switch pythonName {
        case "DictProxy":
            switch method {
            case "__getitem__", "get", "__contains__", "__len__", "keys", "values", "items", "copy":
                return true
            default: break
            }
        case "ListProxy":
            switch method {
            case "__getitem__", "__len__", "__contains__", "index", "count", "copy": return true
            default: break
            }
        case "SetProxy":
            switch method {
            case "__contains__", "__len__", "copy", "isdisjoint", "issubset", "issuperset":
                return true
            default: break
            }
        case "ArrayProxy":
            if method == "__getitem__" || method == "__len__" { return true }
        case "NamespaceProxy", "BarrierProxy":
            if method == "__getattribute__" { return true }
        case "ValueProxy":
            if method == "get" { return true }
        case "EventProxy":
            if method == "is_set" { return true }
        case "AcquirerProxy":
            if method == "locked" { return true }
        default: return false
        }
        return method == "__str__" || method == "__repr__" || method == "#GETVALUE"
    }
}

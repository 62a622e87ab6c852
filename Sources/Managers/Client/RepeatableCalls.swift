/// The calls that change nothing: where a connection was lost and nobody knows whether one has been
/// carried out, it may be made again. What comes of all others a server of this house keeps.
@usableFromInline
enum RepeatableCalls {
    /// Whether a method may be called again of a proxy of this class in Python. None of `AutoProxy`
    /// may: nobody knows what the methods of other types do.
    ///
    /// It is asked with each call, so names are compared by their lengths first.
    @usableFromInline
    static func contains(_ method: String, of pythonName: String) -> Bool {
        let method = Name(method)
        switch Name(pythonName) {
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
            switch method {
            case "__getitem__", "__len__": return true
            default: break
            }
        case "NamespaceProxy", "BarrierProxy": if case "__getattribute__" = method { return true }
        case "ValueProxy": if case "get" = method { return true }
        case "EventProxy": if case "is_set" = method { return true }
        case "AcquirerProxy": if case "locked" = method { return true }
        default: return false
        }
        switch method {
        case "__str__", "__repr__", "#GETVALUE": return true
        default: return false
        }
    }

    private struct Name {
        let text: String

        init(_ text: String) { self.text = text }

        @inline(__always)
        static func ~= (pattern: String, name: Name) -> Bool {
            pattern.utf8.count == name.text.utf8.count && pattern == name.text
        }
    }
}

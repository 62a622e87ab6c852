/// The calls that change nothing: where a connection was lost and nobody knows whether one has been
/// carried out, it may be made again. All others may not.
enum RepeatableCalls {
    private static let everywhere: Set<String> = ["__str__", "__repr__", "#GETVALUE"]

    /// By the name of the proxy's class in Python. `AutoProxy` is missing: nobody knows what the
    /// methods of other types do.
    private static let byClass: [String: Set<String>] = [
        "DictProxy": [
            "__contains__", "__getitem__", "__len__", "copy", "get", "items", "keys", "values",
        ],
        "ListProxy": ["__contains__", "__getitem__", "__len__", "copy", "count", "index"],
        "SetProxy": [
            "__contains__", "__len__", "copy", "isdisjoint", "issubset", "issuperset",
        ],
        "ArrayProxy": ["__getitem__", "__len__"],
        "NamespaceProxy": ["__getattribute__"],
        "ValueProxy": ["get"],
        "EventProxy": ["is_set"],
        "AcquirerProxy": ["locked"],
        "BarrierProxy": ["__getattribute__"],
    ]

    /// Whether a method of such a proxy may be called again.
    static func contains(_ method: String, of pythonName: String) -> Bool {
        guard let methods = byClass[pythonName] else { return false }
        return methods.contains(method) || everywhere.contains(method)
    }
}

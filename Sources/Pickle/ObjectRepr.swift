/// How an instance or a class is written as text.
///
/// A pickle does not hold a class's `__repr__`. So only classes of Python's own whose repr is
/// their name and arguments are written as Python does; any other instance is `<module.Class
/// object>`, without the address that Python adds.
enum ObjectRepr {
    struct Form {
        var name: String
        var parts: [(label: String?, value: PickleValue)]
    }

    /// The instance as a call; nil if its class's repr is not known.
    static func form(of value: PickleValue) -> Form? {
        guard case .object(let object) = value.kind else { return nil }
        if let token = value.token {
            return Form(
                name: "Token",
                parts: [
                    ("typeid", .str(token.typeID)), ("address", token.address),
                    ("id", .str(token.id)),
                ])
        }
        guard let exception = value.exception else { return nil }
        if exception.isCertain { return call(last(exception.name), object.arguments) }
        switch (exception.module, exception.name) {
        case ("builtins", "range") where object.arguments.last == 1 && object.argumentCount == 3:
            return call(exception.name, object.arguments.dropLast())
        case ("builtins", "slice"), ("builtins", "range"), ("decimal", "Decimal"):
            return call(exception.name, object.arguments)
        default:
            return nil
        }
    }

    /// An instance of a class whose repr is not known.
    ///
    /// A proxy has its object's ident in place of the address that Python gives.
    static func opaque(_ value: PickleValue) -> String {
        if let proxy = value.proxyReference {
            return
                "<\(proxy.typeName) object, typeid '\(proxy.token.typeID)' at 0x\(proxy.token.id)>"
        }
        guard case .object(let object) = value.kind, let name = object.className else {
            return "<object>"
        }
        return "<\(name.module).\(name.name) object>"
    }

    /// A class or function. Which of both a name is, a pickle does not say: of Python's own it is
    /// known.
    static func global(_ value: PickleValue) -> String {
        guard case .global(let module, let name) = value.kind else { return "<object>" }
        return module == "builtins" ? BuiltinNames.repr(of: name) : "<\(module).\(name)>"
    }

    private static func call(_ name: String, _ arguments: [PickleValue]) -> Form {
        Form(name: name, parts: arguments.map { (label: nil, value: $0) })
    }

    private static func last(_ name: String) -> String {
        String(name.split(separator: ".").last ?? "")
    }
}

/// An instance of a class that this program does not know: how its pickle makes it, kept so that
/// it goes back out equal.
public struct PickleObject: Sendable {
    /// How the instance is made.
    public enum Construction: Sendable, Hashable {
        /// `callable(*arguments)`
        case reduce
        /// `callable.__new__(callable, *arguments)`
        case newObject
        /// `callable.__new__(callable, *arguments, **keywords)`
        case newObjectEx
        /// As Python 2's classes: `callable(*arguments)`, or without arguments an empty instance.
        case instantiate
    }

    private let value: PickleValue
    private let object: ArenaObject

    init(_ object: ArenaObject, of value: PickleValue) {
        self.object = object
        self.value = value
    }

    /// How the instance is made.
    public var construction: Construction { object.construction }

    /// The class or function that makes it.
    public var callable: PickleValue { value.sibling(object.callable) }

    /// What the callable is given.
    public var arguments: [PickleValue] { value.siblings(argumentLinks) }

    private var argumentLinks: Extent { value.arena.items(ofTuple: object.arguments) }

    /// How many arguments the callable is given.
    public var argumentCount: Int { Int(argumentLinks.count) }

    /// The value that an instance is made of alone, as one of a class is that is derived from int,
    /// float or str.
    package var base: PickleValue? {
        construction == .newObject && argumentCount == 1 ? firstArgument : nil
    }

    private var firstArgument: PickleValue? {
        value.arena.children(argumentLinks).first.map(value.sibling)
    }

    /// The keyword arguments, a dict, where the instance is made with some.
    public var keywords: PickleValue? { object.keywords.map(value.sibling) }

    /// What the instance's `__setstate__` is given (or its `__dict__` updated with), in order;
    /// mostly one value or none.
    public var states: [PickleValue] {
        object.steps.compactMap { (step: Step) -> PickleValue? in
            guard case .build(let id) = step else { return nil }
            return value.sibling(id)
        }
    }

    /// What is appended to the instance, if its class is a kind of list.
    public var appended: [PickleValue] {
        object.steps.flatMap { (step: Step) -> [PickleValue] in
            guard case .append(let extent) = step else { return [] }
            return value.siblings(extent)
        }
    }

    /// What is set in the instance, if its class is a kind of dict.
    public var items: [(key: PickleValue, value: PickleValue)] {
        object.steps.flatMap { (step: Step) -> [(key: PickleValue, value: PickleValue)] in
            guard case .setItems(let extent) = step else { return [] }
            return value.pairs(extent)
        }
    }

    /// What is added to the instance, if its class is a kind of set.
    public var added: [PickleValue] {
        object.steps.flatMap { (step: Step) -> [PickleValue] in
            guard case .addItems(let extent) = step else { return [] }
            return value.siblings(extent)
        }
    }

    /// The module and the qualified name of the instance's class, as far as its pickle tells.
    ///
    /// Looks through `copyreg._reconstructor`, with which protocols 0 and 1 make instances.
    public var className: (module: String, name: String)? {
        guard case .global(let module, let name) = callable.kind else { return nil }
        if module == "copyreg", name == "_reconstructor" || name.hasPrefix("__newobj"),
            case .global(let module, let name)? = firstArgument?.kind
        {
            return (module: module, name: name)
        }
        return (module: module, name: name)
    }

    /// Whether it is made by a call of this class.
    func isCall(of module: String, _ name: String) -> Bool {
        construction == .reduce && value.arena.isGlobal(object.callable, module, name)
    }

    /// Whether the instance is one of that class.
    package func isInstance(of module: String, _ name: String) -> Bool {
        guard let own = className else { return false }
        return own.module == module && own.name == name
    }
}

extension PickleValue {
    /// An int that fits; nil for another value.
    var int: Int? {
        if case .int(let number) = kind { number } else { nil }
    }
}

import Pickle

/// What arguments a method takes, and how CPython words it when they are others.
package enum Signature: Sendable {
    /// A C method without arguments: `copy()`.
    case none
    /// A C method with exactly one: `append(x)`.
    case one
    /// A C function with positional arguments only: `pop(key[, default])`.
    case positional(ClosedRange<Int>)
    /// A special method: `__contains__(key)`.
    case slot(Int)
    /// A special method whose arguments C unpacks without a name to report:
    /// `__setitem__(key, value)`.
    case unpacked(Int)
    /// A method written in Python, or in C with keywords: the parameters' names, of which the first
    /// `required` must be given, and the name that messages use.
    case named([StaticString], required: Int, as: String)
    /// A C function whose arguments may all be left out, or given by keyword:
    /// `acquire(blocking, timeout)`.
    case keywords([StaticString], as: String)
    /// Whatever comes; the method looks itself.
    case any

    /// How many arguments may be given by place.
    var usualCount: ClosedRange<Int> {
        switch self {
        case .none: 0...0
        case .one: 1...1
        case .positional(let range): range
        case .slot(let count), .unpacked(let count): count...count
        case .named(let names, let required, _): required...names.count
        case .keywords(let names, _): 0...names.count
        case .any: 0...Int.max
        }
    }

    /// Checks the arguments, puts those given by keyword in their places, and lends the outcome.
    ///
    /// - Throws: TypeError in CPython's words.
    func bind<Result>(
        _ arguments: Arguments, method: String, type: String,
        _ body: (Arguments) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if arguments.keywords.isEmpty, usualCount.contains(arguments.count) {
            return try body(arguments)
        }
        guard let bound = try bindOdd(arguments, method: method, type: type) else {
            return try body(arguments)
        }
        return try unsafe Arguments.with(arguments.bytes, bound, [], body)
    }

    /// The arguments in the order of the parameters; nil where they may stay as they are.
    private func bindOdd(
        _ arguments: Arguments, method: String, type: String
    ) throws(Failure) -> [PickleSlice]? {
        let count = arguments.count
        try arguments.checkKeywords()
        switch self {
        case .any: return nil
        case .named(let names, let required, let display):
            return try bindNamed(arguments, names, required, "\(display)")
        case .keywords(let names, let display):
            return try bindKeywords(arguments, names, "\(display)")
        case .slot(let expected), .unpacked(let expected):
            guard arguments.keywords.isEmpty else {
                throw .type("wrapper \(method)() takes no keyword arguments")
            }
            // CPython leaves an empty name before the blank.
            let name = if case .unpacked = self { " " } else { "" }
            throw .type(
                "\(name)expected \(expected) argument\(expected == 1 ? "" : "s"), got \(count)")
        case .none, .one, .positional: break
        }
        let type = type.split(separator: ".").last ?? ""
        guard arguments.keywords.isEmpty else {
            throw .type("\(type).\(method)() takes no keyword arguments")
        }
        switch self {
        case .none: throw .type("\(type).\(method)() takes no arguments (\(count) given)")
        case .one:
            throw .type("\(type).\(method)() takes exactly one argument (\(count) given)")
        case .positional(let range):
            let least = count < range.lowerBound
            let bound = least ? range.lowerBound : range.upperBound
            let word = range.count == 1 ? "" : least ? "at least " : "at most "
            throw .type(
                "\(method) expected \(word)\(bound) argument\(bound == 1 ? "" : "s"), got \(count)")
        case .any, .named, .keywords, .slot, .unpacked: return nil
        }
    }

    private func bindNamed(
        _ arguments: Arguments, _ names: [StaticString], _ required: Int, _ display: String
    ) throws(Failure) -> [PickleSlice] {
        let bound = try placeKeywords(of: arguments, names, display) { name, _ in
            "\(display)() got multiple values for argument '\(name)'"
        }
        guard arguments.count <= names.count else {
            throw tooMany(arguments.count, names.count, required, display)
        }
        let missing = (0..<required).filter { bound[$0].isAbsent }
        guard missing.isEmpty else {
            let list = missing.map { "'\(names[$0])'" }
            let text =
                list.count == 1
                ? list[0]
                : list.dropLast().joined(separator: ", ") + (list.count > 2 ? "," : "") + " and "
                    + list[list.count - 1]
            throw .type(
                "\(display)() missing \(list.count) required positional "
                    + "argument\(list.count == 1 ? "" : "s"): \(text)")
        }
        return bound
    }

    private func bindKeywords(
        _ arguments: Arguments, _ names: [StaticString], _ display: String
    ) throws(Failure) -> [PickleSlice] {
        let given = arguments.count + arguments.keywords.count / 2
        guard given <= names.count else {
            let kind = arguments.count == 0 ? "keyword " : ""
            throw .type(
                "\(display)() takes at most \(names.count) \(kind)arguments (\(given) given)")
        }
        return try placeKeywords(of: arguments, names, display) { name, place in
            "argument for \(display)() given by name ('\(name)') and position (\(place + 1))"
        }
    }

    /// Puts the arguments given by keyword in their places.
    private func placeKeywords(
        of arguments: Arguments, _ names: [StaticString], _ display: String,
        twice: (String, Int) -> String
    ) throws(Failure) -> [PickleSlice] {
        var bound = Array(arguments.positional)
        while bound.count < names.count { bound.append(.absent) }
        for index in stride(from: 0, to: arguments.keywords.count, by: 2) {
            let name = arguments.text(arguments.keywords[index]) ?? "?"
            guard let place = names.firstIndex(where: { "\($0)" == name }) else {
                let hint = Suggestion.text(for: name, among: names.map { "\($0)" })
                throw .type("\(display)() got an unexpected keyword argument '\(name)'\(hint)")
            }
            guard bound[place].isAbsent else { throw .type(twice(name, place)) }
            bound[place] = arguments.keywords[index + 1]
        }
        return bound
    }

    /// Python counts `self` among the arguments.
    private func tooMany(
        _ given: Int, _ most: Int, _ required: Int, _ display: String
    ) -> Failure {
        let range = required == most ? "\(most + 1)" : "from \(required + 1) to \(most + 1)"
        let plural = most == 0 ? "" : "s"
        return .type(
            "\(display)() takes \(range) positional argument\(plural) but \(given + 1) were given")
    }
}

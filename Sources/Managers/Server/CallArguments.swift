internal import HostedObjects
internal import Pickle

/// The arguments of a call of a registered type, before they are decoded.
struct CallArguments: Sendable {
    let positional: [PickledValue]
    let keywords: [(name: String, value: PickledValue)]

    /// The arguments as values of these types.
    ///
    /// - Throws: ``RaisedException``, a TypeError in CPython's words, where they are too few or too
    ///   many, have names that the method does not know, or are of other types.
    func decoded<each Value: Decodable>(
        for list: ParameterList
    ) throws -> (repeat each Value) {
        var isOptional: [Bool] = []
        repeat isOptional.append((each Value).self is any ExpressibleByNilLiteral.Type)
        let bound = try bound(to: list, isOptional)
        var place = 0
        return (repeat try next((each Value).self, bound, &place, list))
    }

    private func next<Value: Decodable>(
        _ type: Value.Type, _ bound: [PickledValue?], _ place: inout Int, _ list: ParameterList
    ) throws -> Value {
        defer { place += 1 }
        let value = bound[place] ?? .none
        do {
            return try PickleDecoder().decode(type, from: value.decoded())
        } catch let error as DecodingError {
            throw RaisedException.type(
                "\(list.display)() argument \(list.name(at: place)): \(error.sentence)")
        }
    }

    // MARK: Binding

    /// The arguments in the order of the parameters; nil for an optional one that was not given.
    private func bound(
        to list: ParameterList, _ isOptional: [Bool]
    ) throws -> [PickledValue?] {
        let count = isOptional.count
        guard let parameters = list.parameters else {
            return try unnamed(list.display, isOptional)
        }
        let required = parameters.indices.filter {
            parameters[$0].standIn == nil && !isOptional[$0]
        }
        var bound: [PickledValue?] = positional
        while bound.count < count { bound.append(nil) }
        try placeKeywords(in: &bound, parameters, list.display)
        guard positional.count <= count else {
            throw tooMany(count, required.count, list.display)
        }
        let missing = required.filter { bound[$0] == nil }.map { "'\(parameters[$0].name)'" }
        guard missing.isEmpty else {
            throw RaisedException.type(
                "\(list.display)() missing \(missing.count) required positional "
                    + "argument\(missing.count == 1 ? "" : "s"): \(Self.enumeration(missing))")
        }
        for place in 0..<count where bound[place] == nil {
            switch parameters[place].standIn {
            case .value(let value): bound[place] = value
            case .unusable(let why):
                throw RaisedException.type(
                    "\(list.display)() argument \(list.name(at: place)): its default is "
                        + "unusable: \(why)")
            case nil: break
            }
        }
        return bound
    }

    private func placeKeywords(
        in bound: inout [PickledValue?], _ parameters: [Parameter], _ display: String
    ) throws {
        for (name, value) in keywords {
            guard let place = parameters.firstIndex(where: { $0.name == name }) else {
                let hint = Suggestion.text(for: name, among: parameters.map(\.name))
                throw RaisedException.type(
                    "\(display)() got an unexpected keyword argument '\(name)'\(hint)")
            }
            guard bound[place] == nil else {
                throw RaisedException.type(
                    "\(display)() got multiple values for argument '\(name)'")
            }
            bound[place] = value
        }
    }

    /// Parameters without names are as those of a function that is written in C.
    private func unnamed(_ display: String, _ isOptional: [Bool]) throws -> [PickledValue?] {
        guard keywords.isEmpty else {
            throw RaisedException.type("\(display)() takes no keyword arguments")
        }
        let least = (isOptional.lastIndex(of: false) ?? -1) + 1
        let most = isOptional.count
        guard (least...most).contains(positional.count) else {
            let bound = positional.count < least ? least : most
            let word = least == most ? "" : positional.count < least ? "at least " : "at most "
            let name = display.split(separator: ".").last ?? ""
            throw RaisedException.type(
                "\(name) expected \(word)\(bound) argument\(bound == 1 ? "" : "s"), "
                    + "got \(positional.count)")
        }
        return positional + Array(repeating: nil, count: most - positional.count)
    }

    /// Python counts `self` among the arguments.
    private func tooMany(_ most: Int, _ required: Int, _ display: String) -> RaisedException {
        let range = required == most ? "\(most + 1)" : "from \(required + 1) to \(most + 1)"
        let plural = most == 0 ? "" : "s"
        return .type(
            "\(display)() takes \(range) positional argument\(plural) but "
                + "\(positional.count + 1) were given")
    }

    /// `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`.
    private static func enumeration(_ names: [String]) -> String {
        guard names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + (names.count > 2 ? "," : "") + " and "
            + names[names.count - 1]
    }
}

extension DecodingError {
    /// What is wrong, in words.
    fileprivate var sentence: String {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context), .dataCorrupted(let context):
            context.debugDescription
        @unknown default: "\(self)"
        }
    }
}

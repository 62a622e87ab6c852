internal import HostedObjects
internal import Pickle

/// The arguments of a call of a registered type, before they are decoded.
struct CallArguments: Sendable {
    let positional: [PickledValue]
    let keywords: [(name: String, value: PickledValue)]

    /// The arguments as values of these types.
    ///
    /// - Throws: ``RaisedException``, a TypeError, where they are too few or too many, have names,
    ///   or are of other types.
    func decoded<each Value: Decodable>(for name: String) throws -> (repeat each Value) {
        if let keyword = keywords.first {
            throw RaisedException.type(
                "\(name)() got an unexpected keyword argument '\(keyword.name)'")
        }
        var index = 0
        let values = (repeat try next((each Value).self, &index, name))
        guard index >= positional.count else {
            let plural = index == 1 ? "" : "s"
            throw RaisedException.type(
                "\(name)() takes \(index) argument\(plural) but \(positional.count) were given")
        }
        return values
    }

    private func next<Value: Decodable>(
        _ type: Value.Type, _ index: inout Int, _ name: String
    ) throws -> Value {
        defer { index += 1 }
        guard index < positional.count else {
            if let optional = type as? any ExpressibleByNilLiteral.Type,
                let absent = optional.init(nilLiteral: ()) as? Value
            {
                return absent
            }
            throw RaisedException.type("\(name)() is missing argument \(index + 1)")
        }
        do {
            return try PickleDecoder().decode(type, from: positional[index].decoded())
        } catch let error as DecodingError {
            throw RaisedException.type("\(name)() argument \(index + 1): \(error.sentence)")
        }
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

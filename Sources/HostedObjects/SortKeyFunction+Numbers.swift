import Pickle

// What the functions give that make numbers and texts.
extension SortKeyFunction {
    static func magnitude(of value: PickleValue) throws(Failure) -> PickleValue {
        if let magnitude = value.magnitude { return magnitude }
        switch value.kind {
        case .object, .complex: throw refusal("abs() of a '\(value.nameOfType)' is not known here")
        default: throw .type("bad operand type for abs(): '\(value.nameOfType)'")
        }
    }

    static func negation(of value: PickleValue) throws(Failure) -> PickleValue {
        if let negated = value.negated { return negated }
        if case .object = value.kind {
            throw refusal("what -x is of a '\(value.nameOfType)' is not known here")
        }
        throw .type("bad operand type for unary -: '\(value.nameOfType)'")
    }

    static func string(of value: PickleValue) throws(Failure) -> PickleValue {
        switch value.kind {
        case .str: return value
        case .none, .bool, .int, .float, .complex, .bytes, .byteArray:
            return .str(PickleString(value.repr()))
        default: throw refusal("the str() of a '\(value.nameOfType)' is not known here")
        }
    }

    static func int(of value: PickleValue) throws(Failure) -> PickleValue {
        switch value.kind {
        case .int, .bigInt: return value
        case .bool(let flag): return .int(flag ? 1 : 0)
        case .float(let number):
            if number.isNaN { throw .value("cannot convert float NaN to integer") }
            guard number.isFinite else {
                throw .overflow("cannot convert float infinity to integer")
            }
            return PickleValue(wholePartOf: number)
        case .str(let text):
            guard !isUnread(text) else { throw refusal("this text is not read as a number here") }
            guard let words = NumberWords(text, isFloat: false),
                let number = PickleValue(digits: words.text)
            else {
                throw .value(
                    "invalid literal for int() with base 10: \(PickleValue.str(text).repr())")
            }
            return number
        case .object, .bytes, .byteArray:
            throw refusal("the int() of a '\(value.nameOfType)' is not known here")
        default:
            throw .type(
                "int() argument must be a string, a bytes-like object or a real number, not"
                    + " '\(value.nameOfType)'")
        }
    }

    static func float(of value: PickleValue) throws(Failure) -> PickleValue {
        switch value.kind {
        case .float: return value
        case .bool(let flag): return .float(flag ? 1 : 0)
        case .int(let number): return .float(Double(number))
        case .str(let text):
            guard !isUnread(text) else { throw refusal("this text is not read as a number here") }
            guard let words = NumberWords(text, isFloat: true), let number = Double(words.text)
            else {
                throw .value("could not convert string to float: \(PickleValue.str(text).repr())")
            }
            return .float(number)
        case .bigInt, .object:
            guard let number = value.float else {
                throw refusal("the float() of a '\(value.nameOfType)' is not known here")
            }
            return .float(number)
        case .bytes, .byteArray:
            throw refusal("the float() of a '\(value.nameOfType)' is not known here")
        default:
            throw .type(
                "float() argument must be a string or a real number, not '\(value.nameOfType)'")
        }
    }
}

extension SortKeyFunction {
    /// Whether a text is longer than is read here, or may have digits of other scripts.
    private static func isUnread(_ text: PickleString) -> Bool {
        text.utf8.count > NumberWords.longest || text.utf8.contains { $0 >= 0x80 }
    }
}

/// A number as Python's `int()` and `float()` read it, in a form that Swift reads: ASCII digits,
/// spaces around them, an underscore between each two of them.
private struct NumberWords {
    /// How many bytes of text are read.
    static let longest = 1000

    let text: String

    /// - Returns: nil where it is none.
    init?(_ source: PickleString, isFloat: Bool) {
        guard let string = source.string else { return nil }
        var scalars = string.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        let word = String(scalars)
        if isFloat, ["inf", "infinity", "nan"].contains(Self.unsigned(word).lowercased()) {
            text = word
            return
        }
        let digits: ClosedRange<Character> = "0"..."9"
        var last: Character = " "
        var kept = ""
        for character in word {
            if character == "_" {
                guard digits ~= last else { return nil }
            } else {
                guard last != "_" || digits ~= character else { return nil }
                guard character.isASCII,
                    digits ~= character || "+-".contains(character)
                        || isFloat && ".eE".contains(character)
                else { return nil }
                kept.append(character)
            }
            last = character
        }
        guard last != "_" else { return nil }
        text = kept
    }

    private static func unsigned(_ word: String) -> Substring {
        word.hasPrefix("+") || word.hasPrefix("-") ? word.dropFirst() : word[...]
    }
}

import Pickle

// Values that Python clients send.
extension PickleValue {
    static func builtin(_ name: String) -> PickleValue { .global(module: "builtins", name: name) }

    /// `slice(start, stop, step)`
    static func slice(
        _ start: PickleValue = .none, _ stop: PickleValue = .none, _ step: PickleValue = .none
    ) -> PickleValue {
        .reduce(.builtin("slice"), [start, stop, step])
    }

    static func range(_ bounds: Int...) -> PickleValue {
        .reduce(.builtin("range"), bounds.map { .int($0) })
    }

    /// A list that holds itself: `l = [1]; l.append(l)`.
    static var recursiveList: PickleValue {
        // ] BINPUT 0 MARK 1 BINGET 0 APPENDS
        let body: [UInt8] = [0x5D, 0x71, 0, 0x28, 0x4B, 1, 0x68, 0, 0x65]
        return (try? PickleValue(body: body)) ?? .none
    }

    /// An int of 2 to that power.
    static func power(of exponent: Int, negative: Bool = false) -> PickleValue {
        var digits =
            [UInt8](repeating: 0, count: exponent / 8) + [UInt8(1) << UInt8(exponent % 8), 0]
        if negative {
            digits = digits.map { ~$0 }
            for index in digits.indices {
                digits[index] &+= 1
                if digits[index] != 0 { break }
            }
        }
        let body = [0x8A, UInt8(digits.count)] + digits
        return (try? PickleValue(body: body)) ?? .none
    }
}

internal import BigInt
internal import Pickle

/// Makes values of an input's choices: those that a hosted type looks at, at the edges of what it
/// takes.
struct ValueMaker {
    private static let ints = [
        0, 1, -1, 2, 3, 255, 256, 65_535, 65_536, -129, 1 << 31, -1 << 31, 1 << 62, .max, .min,
        .min + 1,
    ]
    private static let floats: [Double] = [
        0, -0.0, 1, -1, 0.5, 1e-9, 1e18, 9.3e9, 1e300, .infinity, -.infinity, .nan, .ulpOfOne,
    ]
    private static let texts = [
        "", "a", "b", "key", "__dict__", "__class__", "__doc__", "__reduce__", "dict", "list",
        "Queue",
        "Lock", "RLock", "Event", "Namespace", "name", "8012340000400000", "\u{1F600}",
        "0123456789abcdef",
    ]
    /// Classes whose instances somebody looks into, and one that nobody knows.
    private static let classes = [
        ("builtins", "slice"), ("builtins", "range"), ("builtins", "iter"),
        ("builtins", "reversed"),
        ("array", "array"), ("collections", "deque"), ("collections", "OrderedDict"),
        ("builtins", "KeyError"), ("_codecs", "encode"), ("builtins", "set"),
        ("builtins", "bytearray"), ("decimal", "Decimal"), ("m", "C"),
    ]

    /// An object's ident, of one of the first objects.
    func ident(_ input: inout InputReader) -> String {
        let slot = UInt64(input.number(below: 12))
        let generation = UInt64(1 + input.number(below: 24) / 20)
        return String(0x92_3456 << 40 | generation << 22 | slot, radix: 16)
    }

    func next(_ input: inout InputReader) -> PickleValue { value(&input, depth: 0) }

    private func value(_ input: inout InputReader, depth: Int) -> PickleValue {
        let byte = input.byte()
        if depth == 0, byte >= 240 { return GraphMaker.next(&input) }
        let choice = byte % 20
        switch choice {
        case 0: return .none
        case 1: return .bool(input.byte() & 1 == 0)
        case 2, 3: return .int(input.pick(Self.ints))
        case 4: return .int(Int(Int8(bitPattern: input.byte())))
        case 5: return .float(input.pick(Self.floats))
        case 6:
            let magnitude = BigInt(1) << (56 + input.number(below: 80))
            return .bigInt(input.byte() & 1 == 0 ? magnitude : -magnitude)
        case 7, 8: return .str(input.pick(Self.texts))
        case 9: return .str(String(decoding: input.bytes(input.number(below: 24)), as: UTF8.self))
        case 10: return .bytes(input.bytes(input.number(below: 24)))
        case 11: return .str(ident(&input))
        case 12:
            return .complex(real: input.pick(Self.floats), imaginary: input.pick(Self.floats))
        case 13: return proxy(&input)
        default: return depth < 4 ? container(choice, &input, depth: depth + 1) : .none
        }
    }

    private func container(_ choice: UInt8, _ input: inout InputReader, depth: Int) -> PickleValue {
        let items = (0..<input.number(below: 5)).map { _ in value(&input, depth: depth) }
        switch choice {
        case 14: return .tuple(items)
        case 15: return .list(items)
        case 16: return .dict(items.map { (key: $0, value: $0) })
        case 17: return input.byte() & 1 == 0 ? .set(items) : .frozenset(items)
        default:
            let (module, name) = input.pick(Self.classes)
            let callable = PickleValue.global(module: module, name: name)
            if choice == 18 { return .reduce(callable, items) }
            return .newObject(callable, items, state: input.byte() & 1 == 0 ? items.first : nil)
        }
    }

    private func proxy(_ input: inout InputReader) -> PickleValue {
        let name = input.pick(["DictProxy", "ListProxy", "AutoProxy", "NamespaceProxy"])
        let token = ManagerToken(typeID: "dict", address: .str("/tmp/m"), id: ident(&input))
        return .proxy(ProxyReference(name: name, token: token))
    }
}

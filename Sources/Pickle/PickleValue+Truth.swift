extension PickleValue {
    /// Python's `bool(value)`. Instances of unknown classes are true, as they are in Python unless
    /// their class says otherwise.
    package var isTrue: Bool {
        switch kind {
        case .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .bigInt(let value): value != 0
        case .float(let value): value != 0
        case .complex(let real, let imaginary): real != 0 || imaginary != 0
        case .str(let text): !text.utf8.isEmpty
        case .bytes(let bytes), .byteArray(let bytes): !bytes.isEmpty
        case .tuple(let values), .list(let values), .set(let values), .frozenset(let values):
            !values.isEmpty
        case .dict(let items): !items.isEmpty
        case .object(let object):
            switch number {
            case .int(let value)?: value != 0
            case .bigInt?, .rational?: true
            case .float(let value)?: value != 0
            // What stands for an int is true if that is.
            case nil: index.map { $0 != 0 } ?? Self.isTrue(object, typeName)
            }
        case .global, .extensionCode: true
        }
    }

    /// Instances of Python's own kinds of sequence and dict are true if they hold anything.
    private static func isTrue(_ object: PickleObject, _ typeName: String) -> Bool {
        switch typeName {
        case "range": return !isEmpty(range: object.arguments)
        case "collections.OrderedDict", "collections.defaultdict": return !object.items.isEmpty
        case "collections.deque": return !object.appended.isEmpty
        default: return true
        }
    }

    private static func isEmpty(range arguments: [PickleValue]) -> Bool {
        let step: PickleValue = arguments.count > 2 ? arguments[2] : 1
        let first: PickleValue = arguments.count > 1 ? arguments[0] : 0
        guard let stop = arguments.count > 1 ? arguments[1] : arguments.first else { return true }
        let isRising = (try? PickleValue.int(0).isLess(than: step)) ?? true
        return !((try? isRising ? first.isLess(than: stop) : stop.isLess(than: first)) ?? false)
    }
}

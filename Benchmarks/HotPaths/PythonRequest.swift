/// Requests as CPython's pickler writes them at protocol 4, the default from 3.8 to 3.13.
///
/// ```text
/// PROTO 4 · FRAME length · MARK · SHORT_BINUNICODE ident · MEMOIZE · SHORT_BINUNICODE method
///         · MEMOIZE · arguments · TUPLE1 or TUPLE2 · MEMOIZE (or EMPTY_TUPLE)
///         · EMPTY_DICT · MEMOIZE · TUPLE · MEMOIZE · STOP
/// ```
enum PythonRequest {
    /// An argument of a call.
    enum Argument {
        case str(String)
        case bytes([UInt8])
    }

    private static let memoize: UInt8 = 0x94

    /// `(ident, method, arguments, {})`, texts and bytes of at most 255 bytes, at most two
    /// arguments; `ident` nil is `None`.
    static func pickle(_ ident: String?, _ method: String, _ arguments: Argument...) -> [UInt8] {
        var body = [UInt8(ascii: "(")]
        if let ident { body += str(ident) } else { body.append(UInt8(ascii: "N")) }
        body += str(method)
        for argument in arguments { body += pushed(argument) }
        switch arguments.count {
        case 0: body.append(UInt8(ascii: ")"))
        case 1: body += [0x85, memoize]
        case 2: body += [0x86, memoize]
        default: preconditionFailure("no call measured has more than two arguments")
        }
        body += [UInt8(ascii: "}"), memoize, UInt8(ascii: "t"), memoize, UInt8(ascii: ".")]
        let length = (0..<8).map { UInt8(truncatingIfNeeded: body.count >> ($0 * 8)) }
        return [0x80, 4, 0x95] + length + body
    }

    /// A pickle in its frame: the length in four bytes, the highest first.
    static func framed(_ pickle: [UInt8]) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: pickle.count >> $0) }
            + pickle
    }

    private static func pushed(_ argument: Argument) -> [UInt8] {
        switch argument {
        case .str(let text): str(text)
        case .bytes(let bytes):
            [UInt8(ascii: "C"), UInt8(bytes.count)] + bytes + [memoize]
        }
    }

    private static func str(_ text: String) -> [UInt8] {
        [0x8c, UInt8(text.utf8.count)] + Array(text.utf8) + [memoize]
    }
}

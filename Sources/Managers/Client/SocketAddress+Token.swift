internal import Pickle
internal import Sockets

extension SocketAddress {
    /// Reads an address as CPython has it; nil if it is of none of these forms.
    init?(tokenAddress: PickleValue) {
        switch tokenAddress.kind {
        case .tuple(let parts):
            guard parts.count == 2, let host = parts[0].string, case .int(let port) = parts[1].kind,
                (0...65535).contains(port)
            else { return nil }
            self = .tcp(host: host, port: port)
        case .str(let text):
            self.init(nameOrPath: text.utf8)
        case .bytes(let bytes): self.init(nameOrPath: bytes)
        default: return nil
        }
    }

    private init?(nameOrPath bytes: [UInt8]) {
        if bytes.first == 0 {
            self = .abstract(name: Array(bytes.dropFirst()))
        } else if let path = String(validating: bytes, as: UTF8.self), !path.isEmpty {
            self = .unix(path: path)
        } else {
            return nil
        }
    }

    /// The address as CPython has it in tokens: `('host', port)`, `'/path'` or `'\0name'`.
    var tokenAddress: PickleValue {
        switch self {
        case .tcp(let host, let port): return .tuple([.str(host), .int(port)])
        case .unix(let path): return .str(path)
        case .abstract(let name):
            let bytes = [0] + name
            guard let text = try? PickleString(utf8: bytes) else { return .bytes(bytes) }
            return .str(text)
        }
    }
}

internal import Pickle
internal import Sockets

extension SocketAddress {
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

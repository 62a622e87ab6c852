public import Pickle

extension Request {
    /// The method that calls another under a token: `#FENCED(token, method, *args, **kwds)`.
    private static let fencedCall = "#FENCED"

    /// A call that has been written, made one under a token.
    ///
    /// ```text
    /// PROTO 4   MARK <ident> <method>                         MARK <args…> TUPLE …
    /// PROTO 4   MARK <ident> <#FENCED> MARK <token> <method>       <args…> TUPLE …
    /// ```
    @usableFromInline
    static func fence(_ request: [UInt8], by token: FencingToken) -> [UInt8] {
        let ident = 3
        let method = end(ofString: ident, in: request)
        let mark = end(ofString: method, in: request)
        var writer = BodyWriter()
        writer.append(contentsOf: request[..<method])
        writer.str(fencedCall)
        writer.append(.mark)
        writer.int(token.number)
        writer.append(contentsOf: request[method..<mark])
        writer.append(contentsOf: request[(mark + 1)...])
        return writer.finished()
    }

    /// Behind a str that a request of this program begins at a place.
    private static func end(ofString start: Int, in request: [UInt8]) -> Int {
        guard request[start] == Opcode.shortBinUnicode.rawValue else {
            let count = (1...4).reversed().reduce(0) { $0 << 8 | Int(request[start + $1]) }
            return start + 5 + count
        }
        return start + 2 + Int(request[start + 1])
    }
}

extension ObjectReference {
    /// A call under this reference's token, if it has one.
    @inlinable @inline(__always)
    func under(_ request: [UInt8]) -> [UInt8] {
        guard let fence else { return request }
        return Request.fence(request, by: fence)
    }

    /// The same of a call that is kept for a while.
    @inlinable @inline(__always)
    func under(_ request: CompactBytes) -> CompactBytes {
        guard let fence else { return request }
        return CompactBytes(Request.fence(request.bytes, by: fence))
    }
}

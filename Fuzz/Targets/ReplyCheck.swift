internal import Connections
internal import Pickle

/// Holds the bytes that a store gives out against what a client reads.
enum ReplyCheck {
    private static let kinds = ["#RETURN", "#ERROR", "#TRACEBACK", "#PROXY", "#UNSERIALIZABLE"]

    /// How many replies stand in the bytes, all of them whole.
    static func replies(in bytes: [UInt8]) -> Int {
        var decoder = FrameDecoder(limit: Int(Int32.max))
        var count = 0
        unsafe bytes.withUnsafeBytes { bytes in
            _ = claim("replies are frames") { () throws(ConnectionError) in
                try unsafe decoder.feed(bytes) { body in
                    check(unsafe Array(body))
                    count += 1
                    return true
                }
            }
        }
        claim(decoder.missing == 0, "the last reply is whole")
        return count
    }

    private static func check(_ body: [UInt8]) {
        let reply: PickleValue
        do throws(PickleError) {
            reply = try PickleValue(pickle: body)
        } catch  where error.code == .limitExceeded {
            // It holds what was kept unread.
            return
        } catch {
            fatalError("FINDING: a reply is no pickle: \(error)")
        }
        guard case .tuple(let parts) = reply.kind, parts.count == 2, let kind = parts[0].string
        else {
            fatalError("FINDING: a reply is (kind, result), not \(reply)")
        }
        claim(kinds.contains(kind), "a kind of reply: \(kind)")
        claim(
            kind != "#ERROR" || parts[1].exception != nil, "an error is an exception: \(parts[1])")
        claim(kind != "#TRACEBACK" || parts[1].string != nil, "a traceback is a text")
    }
}

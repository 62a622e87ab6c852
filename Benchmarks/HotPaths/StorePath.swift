import HostedObjects
import Pickle

/// A whole call within the server: a request in, a reply out.
final class StorePath {
    private static let value = [UInt8](repeating: 120, count: 64)
    private static let keys = 1000

    private var store = ObjectStore(incarnation: 0x12_3456)
    private let session: SessionID
    private var now: UInt64 = 0
    /// Of the last reply.
    private var replyLength = 0

    static var all: [HotPath] {
        let key = PythonRequest.Argument.str("key:000000000042")
        return [
            // A header of 4 bytes, 13 of `#RETURN` and what goes with it, a value of 66.
            path("store get", on: "dict", reply: 83) {
                [PythonRequest.pickle($0, "__getitem__", key)]
            },
            path("store set", on: "dict", reply: 18) {
                [PythonRequest.pickle($0, "__setitem__", key, .bytes(value))]
            },
            path("store queue put, get", on: "Queue", reply: 83) {
                [
                    PythonRequest.pickle($0, "put", .bytes(value)),
                    PythonRequest.pickle($0, "get"),
                ]
            },
            path("store lock acquire, release", on: "Lock", reply: 18) {
                [PythonRequest.pickle($0, "acquire"), PythonRequest.pickle($0, "release")]
            },
        ]
    }

    /// - Parameters:
    ///   - reply: how long the last reply is, in bytes.
    ///   - calls: what is called, in turn, of the object with an ident.
    private static func path(
        _ name: String, on typeid: String, reply: Int, _ calls: @escaping (String) -> [[UInt8]]
    ) -> HotPath {
        HotPath(name) {
            let path = StorePath()
            let requests = calls(path.make(typeid))
            return { times in
                for _ in 0..<times {
                    for request in requests {
                        precondition(path.call(request) == .replied, "\(name) goes wrong")
                    }
                    precondition(
                        path.replyLength == reply, "\(name): \(path.replyLength) bytes of reply")
                }
            }
        }
    }

    private init() {
        session = store.connect()
        _ = call(PythonRequest.pickle(nil, "accept_connection", .str("MainProcess")))
    }

    /// Makes an object; a dict gets 1,000 entries.
    private func make(_ typeid: String) -> String {
        let verbs = store.connect()
        let create = PythonRequest.pickle(nil, "create", .str(typeid))
        _ = unsafe create.withUnsafeBytes { unsafe store.receive($0, from: verbs, at: tick()) }
        let frame = unsafe store.withReplies { unsafe Array($0) }
        store.clearReplies()
        guard let reply = try? PickleValue(pickle: Array(frame.dropFirst(4))),
            case .tuple(let parts) = reply.kind, parts.count == 2,
            case .tuple(let made) = parts[1].kind, let ident = made.first?.string
        else { preconditionFailure("a \(typeid) cannot be made") }
        guard typeid == "dict" else { return ident }
        for number in 0..<Self.keys {
            let digits = String(number)
            let key = "key:" + String(repeating: "0", count: 12 - digits.count) + digits
            _ = call(
                PythonRequest.pickle(ident, "__setitem__", .str(key), .bytes(Self.value)))
        }
        return ident
    }

    private func call(_ request: [UInt8]) -> Reception {
        let now = tick()
        let reception = unsafe request.withUnsafeBytes {
            unsafe store.receive($0, from: session, at: now)
        }
        replyLength = store.repliesCount
        store.clearReplies()
        return reception
    }

    private func tick() -> Instant {
        now += 1000
        return Instant(nanoseconds: now)
    }
}

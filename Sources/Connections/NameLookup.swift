internal import Sockets
internal import Synchronization

/// Turns addresses into what the kernel takes, without holding up a thread that others need.
///
/// Numbers, paths and abstract names need no lookup.  A host name is looked up on a thread of its
/// own, one for all who ask for the same name at the same time.
final class NameLookup: Sendable {
    static let shared = NameLookup()

    private typealias Answer = OneShot<[ResolvedAddress]>
    private let asked = Mutex<[SocketAddress: [Answer]]>([:])

    /// - Throws: `.invalidAddress`, `.timedOut`, `.cancelled`.
    func addresses(
        of address: SocketAddress, deadline: Int64, timeout: Duration, loop: IOLoop
    ) async throws(ConnectionError) -> [ResolvedAddress] {
        do throws(SocketError) {
            return try address.resolved(.numeric)
        } catch  where error.code == .unresolvable {
            let answer = Answer()
            let timer = loop.schedule(at: deadline) {
                answer.complete(.failure(.timedOut("looking up \(address)", after: timeout)))
            }
            defer { loop.cancel(timer) }
            ask(address, answer)
            return try await answer.value("looking up \(address)")
        } catch {
            throw ConnectionError(error)
        }
    }

    private func ask(_ address: SocketAddress, _ answer: Answer) {
        let isFirst = asked.withLock { asked in
            asked[address, default: []].append(answer)
            return asked[address]?.count == 1
        }
        guard isFirst else { return }
        do throws(SocketError) {
            try DedicatedThread.start(name: "mp-name-lookup") { [self] in
                do throws(SocketError) {
                    tell(address, .success(try address.resolved(.named)))
                } catch {
                    tell(address, .failure(ConnectionError(error)))
                }
            }
        } catch {
            tell(address, .failure(ConnectionError(error)))
        }
    }

    private func tell(_ address: SocketAddress, _ outcome: Answer.Outcome) {
        let answers = asked.withLock { $0.removeValue(forKey: address) ?? [] }
        for answer in answers { answer.complete(outcome) }
    }
}

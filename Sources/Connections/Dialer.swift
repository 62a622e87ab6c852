internal import Sockets

/// One attempt to connect, through all addresses of a host.
struct Dialer: Sendable {
    /// Waits between attempts at a full backlog: from the first to the second, doubling.
    static let backlogPauses = Duration.milliseconds(1)...Duration.milliseconds(50)

    let loop: IOLoop
    let address: SocketAddress
    let authkey: AuthenticationKey?
    let deadline: Int64
    let timeout: Duration
    let messageSizeLimit: Int
    let allowsLegacy: Bool
    let tls: TLSClient?

    func dial() async throws(ConnectionError) -> Connection {
        let candidates = try await NameLookup.shared.addresses(
            of: address, deadline: deadline, timeout: timeout, loop: loop)
        var last = ConnectionError(.unreachable, "\(address) has no address")
        for candidate in candidates {
            do throws(ConnectionError) {
                return Connection(try await channel(to: candidate))
            } catch  where error.code == .refused || error.code == .unreachable {
                last = error
            }
        }
        throw last
    }

    private func channel(to candidate: ResolvedAddress) async throws(ConnectionError) -> Channel {
        var pause = Self.backlogPauses.lowerBound
        while true {
            if let channel = try await attempt(candidate) { return channel }
            guard MonotonicClock.nanoseconds < deadline else {
                throw .timedOut("connecting to \(address)", after: timeout)
            }
            guard await IOLoop.sleep(for: pause) else {
                throw .cancelled("connecting to \(address)")
            }
            pause = min(pause * 2, Self.backlogPauses.upperBound)
        }
    }

    /// nil where a Unix socket's backlog is full.
    private func attempt(_ candidate: ResolvedAddress) async throws(ConnectionError) -> Channel? {
        var setup = Channel.Setup(
            tls: try tls?.link(to: address), handshake: try handshake(), isTCP: address.isTCP,
            messageSizeLimit: messageSizeLimit, carriesLuggage: !address.isTCP && tls == nil)
        let channel: Channel
        do throws(SocketError) {
            let socket = try Descriptor(connectingTo: candidate)
            let progress = try socket.startConnecting(to: candidate)
            if progress == .inProgress { setup.destination = candidate }
            channel = Channel(socket, loop: loop, setup: setup)
        } catch  where error.code == .backlogFull {
            return nil
        } catch {
            throw ConnectionError(error)
        }
        let opening = OneShot<Void>()
        channel.start(deadline: deadline, timeout: timeout) { error in
            opening.complete(error.map { .failure($0) } ?? .success(()))
        }
        do throws(ConnectionError) {
            try await opening.value("connecting to \(address)")
            return channel
        } catch {
            channel.fail(error)
            throw error
        }
    }

    private func handshake() throws(ConnectionError) -> Handshake? {
        guard let authkey else { return nil }
        return Handshake(
            role: .connector, key: authkey,
            challenge: try Randomness.bytes(Handshake.challengeLength), allowsLegacy: allowsLegacy)
    }
}

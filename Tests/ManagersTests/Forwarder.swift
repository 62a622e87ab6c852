import Foundation
import Sockets
import Synchronization

/// Passes bytes on between a Unix socket of its own and a server, until it is cut or swallows
/// them.
///
/// It has threads of its own, blocking sockets and nothing of what it helps to test.
final class Forwarder: Sendable {
    let address: SocketAddress
    private let listener: Int32
    private let target: SocketAddress
    private let sockets = Mutex<[Int32]>([])
    private let isSwallowing = Atomic(false)

    init(to target: SocketAddress, in directory: TemporaryDirectory) async throws {
        self.target = target
        let path = directory.file("f")
        address = .unix(path: path)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.withUnix(path, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0
        else { throw CocoaError(.fileReadUnknown) }
        Thread.detachNewThread { [self] in serve() }
    }

    /// Ends all connections; new ones may come.
    func cut() {
        sockets.withLock { sockets in
            for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
            sockets = []
        }
    }

    /// From now on nothing that is sent arrives, and no connection ends: as if a cable were pulled.
    func swallow() {
        isSwallowing.store(true, ordering: .relaxed)
    }

    /// What is sent arrives again.
    func pass() {
        isSwallowing.store(false, ordering: .relaxed)
    }

    func stop() {
        cut()
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = connectToTarget()
            sockets.withLock { $0 += [client, server] }
            Thread.detachNewThread { [self] in pass(from: client, to: server) }
            Thread.detachNewThread { [self] in pass(from: server, to: client) }
        }
    }

    private func connectToTarget() -> Int32 {
        switch target {
        case .unix(let path):
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            _ = Self.withUnix(path) { connect(descriptor, $0, $1) }
            return descriptor
        case .tcp(_, let port):
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(port).bigEndian)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            return descriptor
        case .abstract: return -1
        }
    }

    private func pass(from source: Int32, to destination: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(source, &buffer, buffer.count)
            if isSwallowing.load(ordering: .relaxed) {
                if count > 0 { continue }
                return
            }
            guard count > 0 else { break }
            var sent = 0
            while sent < count {
                let more = buffer[sent..<count].withUnsafeBytes {
                    send(destination, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { return }
                sent += more
            }
        }
        shutdown(destination, Int32(SHUT_WR))
    }

    private static func withUnix(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

import OpenSSL

/// A client and a server, and the bytes between them, which a test may look at and change.
struct SessionPair: ~Copyable {
    var client: TLSSession
    var server: TLSSession
    var toServer: [UInt8] = []
    var toClient: [UInt8] = []
    /// Bytes that are carried at once.
    var stride = Int.max

    init(_ client: TLSContext, _ server: TLSContext, names: [String] = ["localhost"]) throws {
        let first = try TLSSession(client, names: names, server: "there")
        let second = try TLSSession(server)
        self.client = first
        self.server = second
    }

    /// A pair that trusts each other.
    static func open() throws -> SessionPair {
        let authority = try Authority()
        var pair = try SessionPair(authority.client(), authority.server())
        pair.shake()
        return pair
    }

    /// Carries the handshake to its end.
    ///
    /// - Returns: why the client, and why the server, has failed; nil for one that is open.
    @discardableResult
    mutating func shake() -> (client: OpenSSLError?, server: OpenSSLError?) {
        for _ in 0..<100_000 {
            let (first, second) = (client.handshake(), server.handshake())
            collect()
            if first?.isFinal != false, second?.isFinal != false, toServer.isEmpty {
                // What the server said last: a ticket, or why it has failed.
                if second?.error != nil { return (tellClient(), second?.error) }
                return (first?.error, second?.error)
            }
            guard carry() || (first == nil) != (second == nil) else { break }
        }
        return (client.handshake()?.error, server.handshake()?.error)
    }

    /// Has the client read what the server said when it failed.
    private mutating func tellClient() -> OpenSSLError? {
        for _ in 0..<100_000 {
            let progress = client.readAll().end
            if let error = progress?.error { return error }
            collect()
            guard carry() else { return nil }
        }
        return nil
    }

    /// Takes what both have to say.
    mutating func collect() {
        client.send { bytes in
            toServer += bytes
            return bytes.count
        }
        server.send { bytes in
            toClient += bytes
            return bytes.count
        }
    }

    /// Gives each a piece of what the other has said.
    ///
    /// - Returns: whether there was anything.
    @discardableResult
    mutating func carry() -> Bool {
        let (first, second) = (toServer.prefix(stride), toClient.prefix(stride))
        toServer.removeFirst(server.holdsInput ? 0 : server.take(first))
        toClient.removeFirst(client.holdsInput ? 0 : client.take(second))
        return !first.isEmpty || !second.isEmpty
    }

    /// Has the client read all that the server says, tickets among it.
    mutating func clientReads() -> [UInt8] {
        var bytes = client.readAll().bytes
        collect()
        while carry() { bytes += client.readAll().bytes }
        return bytes
    }

    /// Has the server read all that the client says.
    mutating func serverReads() -> (bytes: [UInt8], end: TLSSession.Progress?) {
        var bytes: [UInt8] = []
        for _ in 0..<1_000_000 {
            collect()
            let isMore = carry()
            let (part, end) = server.readAll()
            bytes += part
            if let end { return (bytes, end) }
            if !isMore { break }
        }
        return (bytes, nil)
    }
}

extension TLSSession.Progress {
    var error: OpenSSLError? {
        if case .failed(let error) = self { error } else { nil }
    }

    var isFinal: Bool { self != .needsInput && self != .needsRoom }
}

extension TLSSession {
    /// Takes as much as it has room for.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> Int {
        guard !bytes.isEmpty else { return 0 }
        var taken = 0
        receive { room in
            taken = min(room.count, bytes.count)
            room.copyBytes(from: bytes.prefix(taken))
            return taken
        }
        return taken
    }

    /// Reads what there is, and says how it ended, if it has.
    mutating func readAll() -> (bytes: [UInt8], end: Progress?) {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 10_000)
        while true {
            let progress = room.withUnsafeMutableBytes { read(into: $0) }
            switch progress {
            case .bytes(let count): bytes += room.prefix(count)
            case .needsInput, .needsRoom: return (bytes, nil)
            case .ended, .failed: return (bytes, progress)
            }
        }
    }

    /// Encrypts bytes, one record.
    mutating func write(_ bytes: [UInt8]) -> Progress {
        bytes.withUnsafeBytes { write($0) }
    }
}

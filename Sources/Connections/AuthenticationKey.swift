internal import OpenSSL
internal import Sockets

/// The secret that both sides of a connection know: CPython's `authkey`.
///
/// It never appears in descriptions, mirrors or errors.
public struct AuthenticationKey: Hashable, Sendable {
    /// Most bytes of a key, and of a key file: 64 KiB.
    public static let sizeLimit = 65_536

    package let bytes: [UInt8]

    /// Takes the bytes as they are.
    ///
    /// - Throws: `ConnectionError.Code.invalidKey` for no bytes at all or more than `sizeLimit`.
    public init(_ bytes: some Sequence<UInt8>) throws(ConnectionError) {
        self.bytes = Array(bytes)
        guard !self.bytes.isEmpty else { throw .invalidKey("the key is empty") }
        guard self.bytes.count <= Self.sizeLimit else {
            throw .invalidKey("the key has more than \(Self.sizeLimit) bytes")
        }
    }

    /// Takes all bytes of a file as they are, a final newline too (as Python's
    /// `open(path, "rb").read()` does).
    ///
    /// - Throws: `ConnectionError.Code.invalidKey`, with the system's error as `underlying`.
    public init(contentsOf path: String) throws(ConnectionError) {
        let bytes: [UInt8]
        do throws(SocketError) {
            bytes = try FileContents.read(path: path, limit: Self.sizeLimit)
        } catch {
            throw .invalidKey(error.reason, underlying: error)
        }
        guard !bytes.isEmpty else { throw .invalidKey("the key file \(path) is empty") }
        try self.init(bytes)
    }

    /// A new key: 256 random bits as 64 lower case hexadecimal digits, so that it can be stored,
    /// pasted and passed through an environment variable.
    ///
    /// - Throws: `ConnectionError.Code.system` when there is no randomness.
    public static func generate() throws(ConnectionError) -> AuthenticationKey {
        let digits = Array("0123456789abcdef".utf8)
        let random = try Randomness.bytes(32)
        return try AuthenticationKey(
            random.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}

extension AuthenticationKey {
    /// Makes OpenSSL ready, which takes it two milliseconds when it is first asked for something.
    package static func prepare() {
        _ = try? Randomness.bytes(1)
    }
}

extension AuthenticationKey: CustomStringConvertible, CustomReflectable {
    /// Says how long it is, and nothing else.
    public var description: String { "AuthenticationKey(\(bytes.count) bytes)" }

    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// OpenSSL's random bytes, with a connection's error.
enum Randomness {
    static func bytes(_ count: Int) throws(ConnectionError) -> [UInt8] {
        do throws(OpenSSLError) {
            return try randomBytes(count)
        } catch {
            throw .system(error.reason, error)
        }
    }
}

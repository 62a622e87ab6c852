internal import Sockets

/// A descriptor of any kind (a file, a socket, a pipe) that travels: as part of a value that is
/// sent to a child process, or through a connection of this host.
///
/// It is one of its own, closed when the last reference goes.
///
/// Note: CPython has `multiprocessing.reduction.DupFd`, `send_handle` and `recv_handle` for it.
public final class DescriptorHandle: Codable, Sendable {
    private let shared: SharedDescriptor

    /// A second descriptor of what `number` stands for; that one stays yours.
    ///
    /// - Throws: `ConnectionError`: `.tooManyDescriptors`, `.system` where it is none.
    public init(duplicating number: Int32) throws(ConnectionError) {
        do throws(SocketError) {
            shared = SharedDescriptor(try Descriptor.duplicate(number))
        } catch {
            throw ConnectionError(error)
        }
    }

    /// The number, good as long as this object lives.  Do not close it.
    public var number: Int32 { shared.descriptor.raw }

    /// Sends it: it stays usable here.
    ///
    /// - Throws: `EncodingError` where no descriptor can travel.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(try Luggage.of(encoder).add(shared, for: encoder))
    }

    /// Takes over what another process of this host has sent.
    ///
    /// - Throws: `DecodingError` where none came.
    public init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer().decode(Int.self)
        shared = try Luggage.of(decoder).descriptor(at: place, for: decoder)
    }
}

extension DescriptorHandle: Waitable {
    /// Whether something can be read from it, the end or an error included.
    public var isReady: Bool {
        // One that cannot be asked is one that need not be waited for: a file is always ready.
        (try? shared.descriptor.waitUntilReadable(nanoseconds: 0)) ?? true
    }

    /// Returns once ``isReady``.
    ///
    /// - Throws: `ConnectionError`: `.cancelled`, `.tooManyDescriptors`, `.system`.
    public func waitUntilReady() async throws(ConnectionError) {
        if isReady { return }
        _ = try await shared.descriptor.becomesReadable("waiting", within: nil)
    }
}

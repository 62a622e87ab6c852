internal import OpenSSL
internal import Sockets

/// A client's configuration, ready for use: its files have been read once, and sessions that can be
/// resumed are kept from one connection to the next.
package final class TLSClient: Sendable {
    package let configuration: TLSConfiguration
    private let context: TLSContext

    /// - Throws: `ConnectionError` with `.tlsFailed` where a certificate or key cannot be used.
    package init(_ configuration: TLSConfiguration) throws(ConnectionError) {
        self.configuration = configuration
        context = try configuration.clientContext()
    }

    /// The client's end of a connection to an address.
    func link(to address: SocketAddress) throws(ConnectionError) -> TLSLink {
        do throws(OpenSSLError) {
            return try TLSLink(
                connecting: context, names: configuration.names(at: address), server: "\(address)")
        } catch {
            throw .insecure(error)
        }
    }
}

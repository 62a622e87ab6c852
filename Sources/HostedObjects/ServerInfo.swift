import Pickle

/// What a server of this house says of itself: `{'server': 'swift-multiprocessing', 'version':
/// '0.1.0'}`.
///
/// CPython's server knows no `server_info`, so its answer to it tells a client whom it talks to.
package enum ServerInfo {
    /// The name of the software.
    package static let server = "swift-multiprocessing"
    /// The version of the software.
    package static let version = "0.1.0"

    static func write(to out: inout BodyWriter) {
        out.append(.emptyDict)
        out.append(.mark)
        out.str("server")
        out.str(server)
        out.str("version")
        out.str(version)
        out.append(.setItems)
    }
}

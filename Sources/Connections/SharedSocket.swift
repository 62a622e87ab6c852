internal import Sockets

/// A socket that several use, and that is closed when the last of them lets go.
final class SharedSocket: Sendable {
    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
}

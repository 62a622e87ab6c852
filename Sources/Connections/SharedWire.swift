internal import Sockets

/// A wire that several use, and that is closed when the last of them lets go.
package final class SharedWire: Sendable {
    package let wire: Wire

    package init(_ wire: consuming Wire) { self.wire = wire }

    /// Lets reading and writing wait; under TLS only `readWaiting` does then, for a thread that
    /// waits must not keep the session from another.
    func letWait() throws(ConnectionError) {
        do throws(SocketError) {
            try wire.descriptor.letWait()
        } catch {
            throw ConnectionError(error)
        }
    }

    /// Closes it, also for a thread that just reads.
    func end() {
        wire.bidFarewell()
        wire.descriptor.end()
    }

    /// Holds the thread up until there may be something to read.
    ///
    /// - Parameter nanoseconds: how long; below zero for as long as it takes.
    /// - Returns: false when the time is over.
    func waitUntilReadable(nanoseconds: Int64 = -1) throws(ConnectionError) -> Bool {
        if wire.holdsInput { return true }
        do throws(SocketError) {
            return try wire.descriptor.waitUntilReadable(nanoseconds: nanoseconds)
        } catch {
            throw .lost(error)
        }
    }

    /// Holds the thread up until there may be room to write.
    func waitUntilWritable() throws(ConnectionError) {
        do throws(SocketError) {
            try wire.descriptor.waitUntilWritable()
        } catch {
            throw .lost(error)
        }
    }
}

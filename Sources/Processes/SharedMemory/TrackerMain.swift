internal import CMultiprocessing
internal import Connections
internal import Pickle
internal import Sockets

/// The process that removes what others have left: it waits until all who can tell it something
/// have ended, in whatever way, and then removes each segment as soon as nobody has it open.
struct TrackerMain: ProcessMain {
    /// Most segments it knows of; what is made beyond them is not tracked.
    static let limit = 1_000_000
    /// How often it looks whether what is left is still used.
    private static let interval: Int64 = 100_000_000

    let line: SharedDescriptor

    func main(_ parent: ParentLink) throws {
        mp_segment_line_serve()
        var left: Set<TrackedSegment> = []
        while let message = receive() {
            switch TrackerMessage(message) {
            case .made(let segment) where left.count < Self.limit: left.insert(segment)
            case .unlinked(let segment): left.remove(segment)
            case .made, nil: break
            }
        }
        while !left.isEmpty {
            left = left.filter { isUsed($0) }
            if !left.isEmpty { mp_sleep_nanoseconds(Self.interval) }
        }
    }

    /// The next message; nil when all have ended.
    private func receive() -> ArraySlice<UInt8>? {
        var room = [UInt8](repeating: 0, count: TrackerMessage.sizeLimit)
        let count = unsafe room.withUnsafeMutableBytes { bytes in
            unsafe mp_segment_line_receive(line.descriptor.raw, bytes.baseAddress, bytes.count)
        }
        return count > 0 ? room.prefix(Int(count)) : nil
    }

    /// Removes it unless somebody uses it.
    private func isUsed(_ segment: TrackedSegment) -> Bool {
        let result = unsafe segment.name.withCString {
            unsafe mp_segment_remove_unused($0, segment.device, segment.inode)
        }
        return result == -MP_EAGAIN
    }
}

extension TrackerMain {
    /// The place of its line in the luggage.
    func launch(_ luggage: Luggage) throws -> PickleValue {
        .int(luggage.add(line) ?? -1)
    }

    init(launch: PickleValue, _ luggage: Luggage) throws {
        guard case .int(let place) = launch.kind, luggage.descriptors.indices.contains(place) else {
            throw ProcessError(.encoding, "a tracker without its line")
        }
        line = luggage.descriptors[place]
    }
}

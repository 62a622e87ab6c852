internal import CMultiprocessing
internal import Connections
internal import Pickle
internal import Sockets

/// The process that removes what others have left: it waits until all of the family have ended, in
/// whatever way, and then removes each segment of their table as soon as nobody has it open.
struct TrackerMain: ProcessMain {
    /// How often it looks whether what is left is still used.
    private static let interval: Int64 = 100_000_000

    let line: SharedDescriptor
    let table: SegmentTable

    func main(_ parent: ParentLink) throws {
        mp_segment_line_serve()
        mp_segment_line_wait(line.descriptor.raw)
        var left = table.segments
        while !left.isEmpty {
            left = left.filter { isUsed($0) }
            if !left.isEmpty { mp_sleep_nanoseconds(Self.interval) }
        }
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
    /// The places of its line and of the table in the luggage.
    func launch(_ luggage: Luggage) throws -> PickleValue {
        .tuple([.int(luggage.add(line) ?? -1), .int(luggage.add(table.descriptor) ?? -1)])
    }

    init(launch: PickleValue, _ luggage: Luggage) throws {
        let descriptors = luggage.descriptors
        guard case .tuple(let parts) = launch.kind, parts.count == 2,
            case .int(let line) = parts[0].kind, case .int(let table) = parts[1].kind,
            descriptors.indices.contains(line), descriptors.indices.contains(table)
        else { throw ProcessError(.encoding, "a tracker without its line") }
        self.line = descriptors[line]
        self.table = try SegmentTable(descriptors[table])
    }
}

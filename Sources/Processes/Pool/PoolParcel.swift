internal import Connections
internal import Pickle
internal import Sockets

/// A task and some inputs for it, on their way to a worker.
struct PoolParcel: Sendable {
    /// As ``PoolMessage`` has it.
    let bytes: [UInt8]
    /// The descriptors of what is shared with the worker.
    let luggage: [SharedDescriptor]

    /// Nothing to do.
    static let empty = PoolParcel(bytes: [], luggage: [])
}

/// Writes the parcels of one task, which all begin alike.
struct PoolPacker {
    private let head: [UInt8]
    /// What the task itself has in its luggage.
    private let luggage: [SharedDescriptor]
    private var encoder = PickleEncoder()
    private var trunk: Luggage

    /// - Throws: `ProcessError` with `unknownType`, `encoding`.
    init(_ task: some PoolTask) throws(ProcessError) {
        trunk = Luggage()
        encoder.userInfo[Luggage.key] = trunk
        head = try PoolMessage.head(task, encoder)
        luggage = trunk.descriptors
    }

    /// Writes a parcel.
    ///
    /// - Throws: `ProcessError` with `encoding`.
    mutating func parcel<Input: Codable>(_ inputs: [Input]) throws(ProcessError) -> PoolParcel {
        let bytes: [UInt8]
        do {
            bytes = head + (try encoder.encode(inputs))
        } catch {
            throw .encoding("an input is a \(Input.self) that cannot be encoded", error)
        }
        let packed = trunk.descriptors
        if packed.count > luggage.count {
            // What these inputs brought along is not the next ones'.
            trunk = Luggage(luggage)
            encoder.userInfo[Luggage.key] = trunk
        }
        return PoolParcel(bytes: bytes, luggage: packed)
    }
}

internal import Pickle

// An item as it lies in a queue: its pickle.
extension [UInt8] {
    /// - Throws: `ProcessError` with `encoding`.
    init(item: some Encodable) throws(ProcessError) {
        do {
            self = try PickleEncoder().encode(item)
        } catch {
            throw .encoding("the item cannot be put into a queue", error)
        }
        guard count <= QueueRing.itemLimit else {
            throw ProcessError(
                .encoding, "an item of \(count) bytes, and the limit is \(QueueRing.itemLimit)")
        }
    }

    /// - Throws: `ProcessError` with `encoding`.
    func decodedItem<Item: Decodable>() throws(ProcessError) -> Item {
        do {
            return try PickleDecoder().decode(Item.self, from: self)
        } catch {
            throw .encoding("the item is no \(Item.self)", error)
        }
    }
}

import Pickle

/// What a tagged connection has under way: its calls that wait, by their tags, the owners that it
/// has named, and what its last replies gave away.
///
/// Sessions of a connection, its own and those of its owners, share one.
final class TaggedCalls {
    /// The connection itself.
    let session: SessionID
    /// What its client calls it, if the outcomes of its calls are kept.
    let line: LineRegister.Name?
    /// What came of its calls.
    var outcomes: KeptOutcomes
    /// The calls that wait.
    var waiters: [UInt32: WaiterID] = [:]
    /// The sessions of the owners that hold something or wait, by their numbers.
    private(set) var owners: [UInt32: SessionID] = [:]
    private var pruning = Pruning()
    /// What the last reply under a tag gave away, until the tag is used again.
    private var receipts: [UInt32: Receipt] = [:]
    private var kept: HeldBytes

    init(
        _ session: SessionID, _ line: LineRegister.Name?, outcomeBytes: Int, _ memory: StoreMemory
    ) {
        kept = HeldBytes(memory)
        self.session = session
        self.line = line
        outcomes = KeptOutcomes(limit: outcomeBytes, memory)
    }

    // MARK: Owners

    /// Notes an owner.
    func add(_ owner: UInt32, _ session: SessionID) {
        owners[owner] = session
    }

    /// Forgets an owner.
    func remove(_ owner: UInt32) {
        owners[owner] = nil
    }

    /// Whether it is time to look for owners that hold nothing any more.
    var isPruningDue: Bool { pruning.isDue(at: owners.count) }

    /// That has been done.
    func hasPruned() { pruning.isDone(at: owners.count) }

    /// Those who wait and are meant, in the order in which they came.
    func waitersInOrder(_ isMeant: (WaiterID) -> Bool = { _ in true }) -> [WaiterID] {
        waiters.values.filter(isMeant).sorted { $0.serial < $1.serial }
    }

    /// The owners, in the order of their numbers.
    var ownersInOrder: [SessionID] {
        owners.sorted { $0.key < $1.key }.map(\.value)
    }

    // MARK: Receipts

    /// Keeps what a reply gives away, unless too much is kept already.
    func keep(_ receipt: Receipt, _ tag: UInt32, limit: Int) {
        forget(tag)
        guard kept.count + receipt.byteCount <= limit else { return }
        kept.add(receipt.byteCount)
        receipts[tag] = receipt
    }

    /// The reply under a tag has been received: what it gave is not taken back any more.
    @inline(__always)
    func forget(_ tag: UInt32) {
        if !receipts.isEmpty { _ = take(tag) }
    }

    /// Takes what the last reply under a tag gave away.
    func take(_ tag: UInt32) -> Receipt? {
        guard let receipt = receipts.removeValue(forKey: tag) else { return nil }
        kept.add(-receipt.byteCount)
        return receipt
    }

    /// What the last reply under a tag gave away.
    func receipt(_ tag: UInt32) -> Receipt? { receipts[tag] }
}

extension Receipt {
    /// How many bytes are kept with it.
    var byteCount: Int {
        guard case .item(let value, _) = kind else { return 0 }
        return value.body.count
    }
}

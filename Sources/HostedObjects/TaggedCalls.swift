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
    private(set) var waiters: [UInt32: WaiterID] = [:]
    /// The tags of those that are an owner's, by its number.
    private var waitingTags: [UInt32: Set<UInt32>] = [:]
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

    /// The owners, in the order of their numbers.
    var ownersInOrder: [SessionID] {
        owners.sorted { $0.key < $1.key }.map(\.value)
    }

    // MARK: Waiting

    /// Notes a call that waits.
    ///
    /// - Parameter owner: whose it is; 0 for the connection's own.
    func add(_ waiter: WaiterID, _ tag: UInt32, of owner: UInt32) {
        waiters[tag] = waiter
        if owner != 0 { waitingTags[owner, default: []].insert(tag) }
    }

    /// Forgets a call that waits no more.
    func removeWaiter(_ tag: UInt32, of owner: UInt32) {
        waiters[tag] = nil
        guard owner != 0 else { return }
        waitingTags[owner]?.remove(tag)
        if waitingTags[owner]?.isEmpty == true { waitingTags[owner] = nil }
    }

    /// Whether an owner has calls that wait.
    func isWaiting(_ owner: UInt32) -> Bool { waitingTags[owner] != nil }

    /// All that wait, in the order in which they came.
    var waitersInOrder: [WaiterID] { waiters.values.sorted { $0.serial < $1.serial } }

    /// Those of an owner, in the order in which they came.
    func waitersInOrder(of owner: UInt32) -> [WaiterID] {
        (waitingTags[owner] ?? []).compactMap { waiters[$0] }.sorted { $0.serial < $1.serial }
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

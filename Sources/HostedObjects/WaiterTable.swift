import Pickle

/// All calls that wait: lines of waiters, first in, first out, and their deadlines.
///
/// Every operation takes constant time but for the deadlines, a heap with known places, which take
/// the logarithm of their number; so a waiter that is granted or gone leaves nothing behind.
package struct WaiterTable: Sendable {
    private struct Line: Sendable {
        var head = -1
        var tail = -1
        var count = 0
    }

    private var slots: [Waiter?] = []
    private var free: [Int] = []
    private var lines: [Line] = []
    private var freeLines: [Int] = []
    var heap: [Int] = []
    private var serial: UInt32 = 0

    package init() {}

    /// How many calls wait.
    package var count: Int { slots.count - free.count }

    /// When the first waiter's time is up.
    package var nextDeadline: Instant? { heap.first.flatMap { slots[$0]?.deadline } }

    // MARK: Lines

    /// Opens a line.
    package mutating func makeList() -> WaiterListID {
        if let slot = freeLines.popLast() {
            lines[slot] = Line()
            return WaiterListID(slot: slot)
        }
        lines.append(Line())
        return WaiterListID(slot: lines.count - 1)
    }

    /// Closes an empty line.
    mutating func remove(_ list: WaiterListID) {
        precondition(lines[list.slot].count == 0, "a line that is closed is empty")
        freeLines.append(list.slot)
    }

    /// Whether nobody stands in the line.
    @inline(__always)
    package func isEmpty(_ list: WaiterListID) -> Bool { lines[list.slot].count == 0 }

    /// How many stand in the line.
    package func count(of list: WaiterListID) -> Int { lines[list.slot].count }

    /// Who stands first.
    package func first(_ list: WaiterListID) -> WaiterID? {
        let head = lines[list.slot].head
        guard head >= 0, let waiter = slots[head] else { return nil }
        return WaiterID(slot: head, serial: waiter.serial)
    }

    /// The calls of an object that wait in a line and were made under a token older than this one,
    /// first come, first.
    func fenced(in list: WaiterListID, of asked: ObjectID, before token: Int) -> [WaiterID] {
        var found: [WaiterID] = []
        var slot = lines[list.slot].head
        while slot >= 0, let waiter = slots[slot] {
            // Who waits for a condition changes nothing by going on.
            if waiter.fence > 0, waiter.fence < token, waiter.resumption == nil,
                waiter.asked == asked
            {
                found.append(WaiterID(slot: slot, serial: waiter.serial))
            }
            slot = waiter.next
        }
        return found
    }

    // MARK: Waiters

    /// The waiter, nil if it is gone.
    package subscript(_ id: WaiterID) -> Waiter? {
        guard slots.indices.contains(id.slot), let waiter = slots[id.slot],
            waiter.serial == id.serial
        else { return nil }
        return waiter
    }

    /// Puts a waiter at the end of a line.
    mutating func append(
        session: SessionID, object: ObjectID, asked: ObjectID, item: PickledValue?, timeUp: TimeUp,
        deadline: Instant?, resumption: Resumption? = nil, tag: UInt32? = nil,
        need: Rights.Access = .reading, terms: GrantTerms? = nil, fence: Int = 0,
        to list: WaiterListID
    ) -> WaiterID {
        serial &+= 1
        let waiter = Waiter(
            session: session, object: object, asked: asked, item: item, timeUp: timeUp,
            deadline: deadline, list: list, serial: serial, tag: tag, need: need, terms: terms,
            fence: fence, resumption: resumption)
        let slot = free.popLast() ?? slots.count
        if slot == slots.count { slots.append(nil) }
        link(waiter, at: slot)
        if deadline != nil { insertEntry(slot) }
        return WaiterID(slot: slot, serial: serial)
    }

    /// Takes a waiter out of its line; nil if it was gone.
    mutating func remove(_ id: WaiterID) -> Waiter? {
        guard let waiter = self[id] else { return nil }
        unlink(waiter)
        slots[id.slot] = nil
        free.append(id.slot)
        return waiter
    }

    /// Puts a waiter at the end of another line, where it stands for as long as it takes.
    mutating func move(_ id: WaiterID, to list: WaiterListID, _ resumption: Resumption? = nil) {
        guard var waiter = self[id] else { return }
        unlink(waiter)
        waiter.heapIndex = -1
        waiter.next = -1
        waiter.deadline = nil
        waiter.list = list
        waiter.resumption = resumption
        link(waiter, at: id.slot)
    }

    private mutating func link(_ waiter: Waiter, at slot: Int) {
        let line = waiter.list.slot
        var waiter = waiter
        waiter.previous = lines[line].tail
        if waiter.previous >= 0 {
            slots[waiter.previous]?.next = slot
        } else {
            lines[line].head = slot
        }
        lines[line].tail = slot
        lines[line].count += 1
        slots[slot] = waiter
    }

    private mutating func unlink(_ waiter: Waiter) {
        let line = waiter.list.slot
        if waiter.previous >= 0 {
            slots[waiter.previous]?.next = waiter.next
        } else {
            lines[line].head = waiter.next
        }
        if waiter.next >= 0 {
            slots[waiter.next]?.previous = waiter.previous
        } else {
            lines[line].tail = waiter.previous
        }
        lines[line].count -= 1
        if waiter.heapIndex >= 0 { removeEntry(at: waiter.heapIndex) }
    }

    /// The waiter whose time was up first, if it is up now.
    func overdue(at now: Instant) -> WaiterID? {
        guard let slot = heap.first, let waiter = slots[slot], let deadline = waiter.deadline,
            deadline <= now
        else { return nil }
        return WaiterID(slot: slot, serial: waiter.serial)
    }
}

// MARK: - The heap of deadlines

extension WaiterTable: PlacedHeap {
    /// Ties go by age, so that the order of events is one and the same in every replay.
    func precedes(_ left: Int, _ right: Int) -> Bool {
        guard let first = slots[left], let second = slots[right],
            let firstDeadline = first.deadline, let secondDeadline = second.deadline
        else { return false }
        return (firstDeadline, first.serial) < (secondDeadline, second.serial)
    }

    mutating func place(_ slot: Int, at index: Int) {
        heap[index] = slot
        slots[slot]?.heapIndex = index
    }
}

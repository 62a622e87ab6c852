import Testing

@testable import Connections

@Suite struct TimerQueueTests {
    private var queue = TimerQueue<String>()

    @Test mutating func timersAreDueInOrderOfTheirDeadlines() {
        _ = queue.add(deadline: 30, "c")
        _ = queue.add(deadline: 10, "a")
        _ = queue.add(deadline: 20, "b")
        #expect(queue.earliest == 10)
        #expect(queue.popDue(now: 9) == nil)
        #expect(queue.popDue(now: 25) == "a")
        #expect(queue.popDue(now: 25) == "b")
        #expect(queue.popDue(now: 25) == nil)
        #expect(queue.earliest == 30)
    }

    @Test mutating func equalDeadlinesKeepTheirOrder() {
        for text in ["a", "b", "c"] { _ = queue.add(deadline: 5, text) }
        for text in ["a", "b", "c"] { #expect(queue.popDue(now: 5) == text) }
    }

    @Test mutating func aCancelledTimerIsNeverDue() {
        let first = queue.add(deadline: 1, "a")
        _ = queue.add(deadline: 2, "b")
        #expect(queue.cancel(first) == "a")
        #expect(queue.cancel(first) == nil)
        #expect(queue.earliest == 2)
        #expect(queue.popDue(now: 9) == "b")
        #expect(queue.earliest == nil)
    }

    @Test mutating func itDoesWhatASortedArrayDoes() {
        var model: [(deadline: Int64, text: String, id: TimerQueue<String>.ID)] = []
        for number in 0..<3000 {
            let deadline = Int64.random(in: 0..<500)
            model.append((deadline, "\(number)", queue.add(deadline: deadline, "\(number)")))
            if number % 3 == 0, let index = model.indices.randomElement() {
                queue.cancel(model.remove(at: index).id)
            }
        }
        #expect(queue.count == model.count)
        model.sort { ($0.deadline, Int($0.text) ?? 0) < ($1.deadline, Int($1.text) ?? 0) }
        for entry in model { #expect(queue.popDue(now: 500) == entry.text) }
        #expect(queue.popDue(now: 500) == nil)
    }
}

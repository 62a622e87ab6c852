import Testing

@testable import Connections

@Suite struct FIFOTests {
    @Test func firstInIsFirstOut() {
        var queue = FIFO<Int>()
        for number in 0..<1000 { queue.append(number) }
        #expect(queue.count == 1000)
        for number in 0..<1000 { #expect(queue.popFirst() == number) }
        #expect(queue.popFirst() == nil)
        #expect(queue.isEmpty)
    }

    @Test func anElementIsTakenFromTheMiddle() {
        var queue = FIFO<String>()
        let places = ["a", "b", "c", "d"].map { queue.append($0) }
        #expect(queue.remove(place: places[1]) == "b")
        #expect(queue.remove(place: places[1]) == nil)
        #expect(queue.remove(place: places[3]) == "d")
        #expect(queue[places[2]] == "c" && queue[places[3]] == nil)
        #expect(queue.count == 2)
        #expect(queue.popFirst() == "a")
        #expect(queue.popFirst() == "c")
        #expect(queue.popFirst() == nil)
    }

    @Test func anElementIsReplacedWhereItIs() {
        var queue = FIFO<String>()
        let place = queue.append("a")
        queue.append("b")
        queue.replace(place: place, with: "z")
        #expect(queue.popFirst() == "z")
        queue.replace(place: place, with: "y")
        #expect(queue.popFirst() == "b")
    }

    @Test func itDoesWhatAnArrayDoes() {
        var random = SystemRandomNumberGenerator()
        var queue = FIFO<Int>()
        var model: [(place: Int, value: Int)] = []
        for value in 0..<5000 {
            switch UInt8.random(in: 0..<5, using: &random) {
            case 0, 1, 2: model.append((queue.append(value), value))
            case 3:
                let expected = model.isEmpty ? nil : model.removeFirst().value
                #expect(queue.popFirst() == expected)
            default:
                guard let index = model.indices.randomElement() else { continue }
                let entry = model.remove(at: index)
                #expect(queue.remove(place: entry.place) == entry.value)
            }
            #expect(queue.count == model.count && queue.first == model.first?.value)
        }
    }
}

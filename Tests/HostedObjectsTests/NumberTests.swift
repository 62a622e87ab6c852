import Testing

@testable import HostedObjects

@Suite struct NumberTests {
    @Test func intsAndFloatsAreAddedAsInPython() throws {
        #expect(try Number.int(1).adding(.int(2)) == .int(3))
        #expect(try Number.int(1).adding(.float(0.5)) == .float(1.5))
        #expect(try Number.float(1.5).adding(.int(-1)) == .float(0.5))
        #expect(try Number.float(0.5).adding(.float(0.5)) == .float(1))
    }

    @Test func aSumBeyond64BitsIsAnError() {
        #expect(throws: Failure.self) { try Number.int(.max).adding(.int(1)) }
        #expect(throws: Failure.self) { try Number.int(.min).adding(.int(-1)) }
    }

    @Test func numbersAreCompared() {
        #expect(Number.float(0).equals(0))
        #expect(!Number.float(0.5).equals(0))
        #expect(Number.float(0.5).isBelow(1))
        #expect(Number.int(2).isAbove(Number.float(1.5)))
        #expect(!Number.float(.nan).isAbove(0))
        #expect(!Number.float(.nan).isBelow(0))
        #expect(Number.float(2).text == "2.0")
    }
}

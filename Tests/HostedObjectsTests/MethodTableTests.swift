import Testing

@testable import HostedObjects

@Suite struct MethodTableTests {
    private func place<Object>(of name: String, in table: MethodTable<Object>) -> Int? {
        Array(name.utf8).withUnsafeBytes { table.place(of: $0) }
    }

    private func findsItself<Object>(_ table: MethodTable<Object>) -> Bool {
        table.exposed.enumerated().allSatisfy { place(of: $0.element, in: table) == $0.offset }
    }

    @Test func everyMethodOfEveryTypeIsFound() {
        #expect(findsItself(HostedDict.methods))
        #expect(findsItself(HostedList.methods))
        #expect(findsItself(HostedNamespace.methods))
        #expect(findsItself(HostedValue.methods))
        #expect(findsItself(HostedQueue.methods))
        #expect(findsItself(HostedLock.methods))
        #expect(findsItself(HostedRLock.methods))
        #expect(findsItself(HostedEvent.methods))
        #expect(findsItself(HostedIterator.methods))
    }

    @Test(arguments: [
        "", "a", "get", "Append", "appen", "appendd", "__getitem_", "__getitem___", "__setitem__ ",
        "\0append", "__a_very_long_name_that_nobody_exposes__",
    ])
    func otherNamesAreNotFound(name: String) {
        #expect(place(of: name, in: HostedList.methods) == nil)
    }
}

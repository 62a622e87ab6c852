import Testing

@testable import HostedObjects
@testable import Managers

@Suite struct RepeatableCallsTests {
    @Test func whatOnlyLooksMayBeRepeated() {
        #expect(RepeatableCalls.contains("__getitem__", of: "DictProxy"))
        #expect(RepeatableCalls.contains("__str__", of: "EventProxy"))
        #expect(RepeatableCalls.contains("get", of: "ValueProxy"))
    }

    @Test func whatChangesSomethingMayNot() {
        for method in ["pop", "popitem", "setdefault", "update", "__setitem__", "clear"] {
            #expect(!RepeatableCalls.contains(method, of: "DictProxy"))
        }
        #expect(!RepeatableCalls.contains("acquire", of: "AcquirerProxy"))
        #expect(!RepeatableCalls.contains("__next__", of: "IteratorProxy"))
    }

    /// `get` of a queue takes an item away.
    @Test func nobodyKnowsWhatOtherTypesDo() {
        #expect(!RepeatableCalls.contains("get", of: "AutoProxy"))
        #expect(!RepeatableCalls.contains("__str__", of: "AutoProxy"))
    }

    /// Every method of the types that Python's proxies stand for, and those that change nothing.
    private static let tables: [(proxy: String, all: [String], reading: [String])] = [
        ("DictProxy", HostedDict.methods.all, HostedDict.methods.reading),
        ("ListProxy", HostedList.methods.all, HostedList.methods.reading),
        ("SetProxy", HostedSet.methods.all, HostedSet.methods.reading),
        ("ArrayProxy", HostedArray.methods.all, HostedArray.methods.reading),
        ("NamespaceProxy", HostedNamespace.methods.all, HostedNamespace.methods.reading),
        ("ValueProxy", HostedValue.methods.all, HostedValue.methods.reading),
        ("EventProxy", HostedEvent.methods.all, HostedEvent.methods.reading),
        ("BarrierProxy", HostedBarrier.methods.all, HostedBarrier.methods.reading),
        ("AcquirerProxy", HostedLock.methods.all, HostedLock.methods.reading),
        ("AcquirerProxy", HostedRLock.methods.all, HostedRLock.methods.reading),
        ("AcquirerProxy", HostedSemaphore.methods.all, HostedSemaphore.methods.reading),
        ("ConditionProxy", HostedCondition.methods.all, HostedCondition.methods.reading),
    ]

    /// The client's table and the server's say the same: what may be made again changes nothing.
    @Test func whatIsRepeatedOnlyReads() {
        for (proxy, all, reading) in Self.tables {
            for method in all where RepeatableCalls.contains(method, of: proxy) {
                #expect(reading.contains(method), "\(method) of \(proxy)")
            }
        }
    }
}

import Foundation
import Processes
import Sockets
import Synchronization
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct PerProcessTests {
    @Test func aProcessHasOne() async {
        let own = PerProcess { Mark() }
        let first = own.value
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { own.value === first } }
            for await isTheSame in group { #expect(isTheSame) }
        }
    }

    /// A child whose parent's thread holds a lock just then, for ever as far as the child can see.
    @Test func aForkedChildHasItsOwn() async throws {
        let (held, letGo) = (try ThreadGate(), try ThreadGate())
        let mark = Mark.ofThisProcess
        try DedicatedThread.start(name: "holder") {
            mark.lock.withLock { _ in
                held.open()
                letGo.wait()
            }
        }
        held.wait()
        defer { letGo.open() }
        for method in [StartMethod.fork, .forkserver, .spawn] {
            let child = ProcessContext(method).process(Marking(parents: mark.number))
            try await child.start()
            try await child.join()
            #expect(try child.exitCode == 0, "\(method)")
        }
        #expect(Mark.ofThisProcess === mark)
    }
}

private final class Mark: Sendable {
    private static let all = PerProcess { Mark() }
    static var ofThisProcess: Mark { all.value }

    let number = UInt64.random(in: 0 ... .max)
    let lock = Mutex(0)
}

/// Ends well where the process has a mark of its own, and can lock it.
struct Marking: SynchronousProcessTarget {
    let parents: UInt64

    func run() throws {
        let mark = Mark.ofThisProcess
        mark.lock.withLock { $0 += 1 }
        guard mark.number != parents, Mark.ofThisProcess === mark else {
            throw CocoaError(.featureUnsupported)
        }
    }
}

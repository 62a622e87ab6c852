import Connections
import Foundation
import Sockets
import Testing

@testable import Processes

/// Named shared memory, and its tracker.
@Suite(.timeLimit(.minutes(5)))
struct SharedMemoryTests {
    /// Makes a block, tells its name, and waits to be killed.
    struct Maker: ProcessTarget {
        let name: String
        let track: Bool
        let isMade: Event

        func run() async throws {
            let memory = try await SharedMemory(name: name, create: true, size: 64, track: track)
            try memory.write(Array("hello".utf8), at: 0)
            isMade.set()
            while true { try await Task.sleep(for: .seconds(1000)) }
        }
    }

    /// Starts a maker, and waits for its end.
    struct MakersParent: ProcessTarget {
        let maker: Maker

        func run() async throws {
            let child = ChildProcess(maker)
            try await child.start()
            try await maker.isMade.wait()
            try child.kill()
            try await child.join()
            // Made by one of the family, of which this process is.
            let memory = try await SharedMemory(name: maker.name)
            guard try memory.read(0..<5) == Array("hello".utf8) else { throw CancellationError() }
        }
    }

    /// Makes a block, tells its name, and waits.
    struct Stranger: ProcessMain, Codable {
        let name: String

        func main(_ parent: ParentLink) throws {
            MainThread.run {
                let memory = try await SharedMemory(name: name, create: true, size: 64)
                try parent.send(Array(memory.name.utf8))
                while true { try await Task.sleep(for: .seconds(1000)) }
            }
        }
    }

    private func code(_ error: any Error) -> ProcessError.Code? {
        (error as? ProcessError)?.code
    }

    private func path(_ name: String) -> String { "/dev/shm/\(name)" }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: path(name))
    }

    private func uniqueName() -> String { "mp-test-\(UInt64.random(in: 0 ... .max))" }

    @Test func aBlockIsSharedByItsName() async throws {
        let memory = try await SharedMemory(create: true, size: 10)
        #expect(memory.name.hasPrefix("psm_") && memory.name.utf8.count == 12)
        #expect(memory.size == 10 && exists(memory.name))
        try memory.write([22, 33, 44, 55], at: 0)
        let other = try await SharedMemory(name: memory.name)
        #expect(try other.read(0..<4) == [22, 33, 44, 55])
        try other.withMutableBytes { $0.storeBytes(of: 7, toByteOffset: 9, as: UInt8.self) }
        #expect(try memory.withBytes { $0.unsafeLoad(fromByteOffset: 9, as: UInt8.self) } == 7)
        other.close()
        memory.close()
        memory.close()
        #expect(performing: { try memory.read(0..<1) }, throws: { code($0) == .closed })
        try memory.unlink()
        #expect(!exists(memory.name))
        #expect(performing: { try memory.unlink() }, throws: { code($0) == .notFound })
    }

    @Test func itTravelsByItsName() async throws {
        let memory = try await SharedMemory(create: true, size: 4)
        defer { try? memory.unlink() }
        let there = try travelled(memory)
        try there.write([1], at: 3)
        #expect(try memory.read(3..<4) == [1])
    }

    @Test func whatCannotBeIsRefused() async throws {
        let memory = try await SharedMemory(create: true, size: 4)
        defer { try? memory.unlink() }
        let name = memory.name
        await #expect(
            performing: { _ = try await SharedMemory(name: name, create: true, size: 1) },
            throws: { code($0) == .exists })
        await #expect(
            performing: { _ = try await SharedMemory(name: uniqueName()) },
            throws: { code($0) == .notFound })
        for (name, create, size) in [
            (nil, true, 0), (nil, true, -1), (nil, false, 1), ("a/b", true, 1), ("", false, 0),
        ] {
            await #expect(
                performing: { _ = try await SharedMemory(name: name, create: create, size: size) },
                throws: { code($0) == .invalidArgument })
        }
        for range in [0..<5, -1..<1, 4..<5] {
            #expect(performing: { try memory.read(range) }, throws: { code($0) == .outOfRange })
        }
        for offset in [1, -1, Int.max] {
            #expect(
                performing: { try memory.write([1, 2, 3, 4], at: offset) },
                throws: { code($0) == .outOfRange })
        }
    }

    // MARK: The tracker

    @Test func aFamilyKeepsWhatOneOfItLeaves() async throws {
        let maker = Maker(name: uniqueName(), track: true, isMade: try Event())
        let child = ChildProcess(MakersParent(maker: maker))
        try await child.start()
        try await child.join()
        #expect(try child.exitCode == 0)
        // This process is of the family too: all of it is still there.
        let memory = try await SharedMemory(name: maker.name)
        #expect(try memory.read(0..<5) == Array("hello".utf8))
        try memory.unlink()
    }

    @Test func whatAKilledProcessLeavesIsRemoved() async throws {
        // No child of the library's users: it is a family of its own.
        let stranger = try await LaunchedProcess.start(Stranger(name: uniqueName()))
        let name = String(decoding: try await stranger.link.receiveBytes(), as: UTF8.self)
        #expect(exists(name))
        stranger.send(.kill)
        _ = try await stranger.wait()
        while exists(name) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func whatIsNotTrackedStays() async throws {
        let maker = Maker(name: uniqueName(), track: false, isMade: try Event())
        let child = ChildProcess(maker)
        try await child.start()
        try await maker.isMade.wait()
        try child.kill()
        try await child.join()
        #expect(exists(maker.name))
        try await SharedMemory(name: maker.name).unlink()
    }

    @Test(arguments: [true, false])
    func theTrackerRemovesWhatNobodyUses(isUsed: Bool) async throws {
        // A family of its own: with its own line, which ends when this scope does.
        let family = TrackerFamily()
        let memory = try await SharedMemory(
            name: uniqueName(), create: true, size: 1, track: false)
        let other = try await SharedMemory(
            name: uniqueName(), create: true, size: 1, track: false)
        try await family.start()
        family.tell(made: memory)
        family.tell(made: other)
        if !isUsed { memory.close() }
        other.close()
        family.end()
        while exists(other.name) { try await Task.sleep(for: .milliseconds(5)) }
        if isUsed {
            #expect(exists(memory.name))
            memory.close()
        }
        while exists(memory.name) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func aLaterBlockOfTheSameNameIsAnothers() async throws {
        let family = TrackerFamily()
        let name = uniqueName()
        let first = try await SharedMemory(name: name, create: true, size: 1, track: false)
        let mark = try await SharedMemory(name: uniqueName(), create: true, size: 1, track: false)
        try await family.start()
        family.tell(made: first)
        family.tell(made: mark)
        try first.unlink()
        let second = try await SharedMemory(name: name, create: true, size: 1, track: false)
        second.close()
        first.close()
        mark.close()
        family.end()
        while exists(mark.name) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(exists(name))
        try second.unlink()
    }

    @Test func messagesAreReadAsTheyAreWritten() {
        let segment = TrackedSegment(name: "/a b", device: 1, inode: .max)
        for message in [TrackerMessage.made(segment), .unlinked(segment)] {
            #expect(TrackerMessage(message.bytes) == message)
        }
        for text in ["", "+", "+1 2", "+1 2 name", "*1 2 /name", "+x 2 /name", "+1 -2 /name"] {
            #expect(TrackerMessage(Array(text.utf8)) == nil)
        }
    }
}

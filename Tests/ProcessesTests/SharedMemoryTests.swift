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

    /// Makes a block, kills some trackers, tells the block's name, and waits.
    struct Stranger: ProcessMain, Codable {
        let name: String
        var killedTrackers = 0

        func main(_ parent: ParentLink) throws {
            MainThread.run {
                let memory = try await SharedMemory(name: name, create: true, size: 64)
                for _ in 0..<killedTrackers { try await killTracker() }
                try parent.send(Array(memory.name.utf8))
                while true { try await Task.sleep(for: .seconds(1000)) }
            }
        }

        /// Kills the tracker, and waits for the next one.
        private func killTracker() async throws {
            let first = try tracker()
            kill(try #require(first), SIGKILL)
            while true {
                let next = try tracker()
                if next != nil && next != first { return }
                try await Task.sleep(for: .milliseconds(5))
            }
        }

        /// The only child of this process.
        private func tracker() throws -> Int32? {
            try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
                .first { parent(of: $0) == getpid() }
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
        try await leave(Stranger(name: uniqueName()))
    }

    /// Kills a stranger, and waits until what it has left is gone.
    private func leave(_ stranger: Stranger) async throws {
        // No child of the library's users: it is a family of its own.
        let stranger = try await LaunchedProcess.start(stranger)
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
        try family.insert(memory)
        try family.insert(other)
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
        try family.insert(first)
        try family.insert(mark)
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

    @Test func aTrackerThatWasKilledIsReplaced() async throws {
        // What the first knew, the third knows.
        try await leave(Stranger(name: uniqueName(), killedTrackers: 2))
    }

    @Test func aTableKnowsAsManySegmentsAsThereAre() async throws {
        let table = try SegmentTable()
        let there = try SegmentTable(table.descriptor)
        let all = (1...2000 as ClosedRange<UInt64>).map {
            TrackedSegment(name: "/\($0)", device: $0 % 3, inode: 1 + $0 / 2)
        }
        for segment in all { try table.insert(segment) }
        #expect(there.segments == Set(all))
        // Another file of the same name, and another name of the same file.
        table.remove(TrackedSegment(name: "/7", device: 1, inode: 9999))
        table.remove(TrackedSegment(name: "/x", device: 1, inode: 4))
        #expect(there.segments == Set(all))
        for segment in all.prefix(1000) { there.remove(segment) }
        let long = TrackedSegment(
            name: "/" + String(repeating: "n", count: 255), device: 1, inode: .max)
        try there.insert(long)
        #expect(table.segments == Set(all.dropFirst(1000) + [long]))
        #expect(!table.hasTracker)
    }

    @Test func otherMemoryIsNoTable() throws {
        let block = try MemoryBlock(byteCount: 4096, name: "other")
        #expect(throws: ProcessError.self) { try SegmentTable(block.descriptor) }
    }

    // MARK: The manager

    /// Makes a block by its parent's manager, and keeps it.
    struct Colleague: ProcessTarget {
        let manager: SharedMemoryManager
        let names: SimpleQueue<String>

        func run() async throws {
            let memory = try await manager.memory(size: 8)
            try await names.put(memory.name)
        }
    }

    @Test func blocksOfAManagerEndTogether() async throws {
        let names = try await withSharedMemoryManager { manager in
            let memory = try await manager.memory(size: 100)
            let list = try await manager.list([1, "two", 3.5])
            let queue = try SimpleQueue<String>()
            let child = ChildProcess(Colleague(manager: manager, names: queue))
            try await child.start()
            try await child.join()
            #expect(try child.exitCode == 0)
            let names = [memory.name, list.memory.name, try await queue.get()]
            #expect(names.allSatisfy(exists))
            return names
        }
        #expect(!names.contains(where: exists))
    }

    @Test func aManagerThatWasShutDownMakesNothing() async throws {
        let manager = try SharedMemoryManager()
        let first = try await manager.memory(size: 1)
        let there = try travelled(manager)
        manager.shutdown()
        manager.shutdown()
        #expect(!exists(first.name))
        await #expect { _ = try await there.memory(size: 1) } throws: { code($0) == .closed }
    }

    @Test func aManagerLeavesWhatIsNotItsOwn() async throws {
        let manager = try SharedMemoryManager()
        let memory = try await manager.memory(size: 1)
        try memory.unlink()
        let other = try await SharedMemory(name: memory.name, create: true, size: 1)
        manager.shutdown()
        #expect(exists(other.name))
        try other.unlink()
    }
}

import ChildPrograms
import Foundation
import Testing

@testable import Processes

/// `ShareableList`, with ourselves and with CPythons.
@Suite(.timeLimit(.minutes(5)))
struct ShareableListTests {
    private static let items: [ShareableItem] = [
        "howdy", .bytes(Array("HoWdY".utf8)), -273.154, 100, nil, true, 42, "", "Grüße €",
        .bytes([]), .int(.min), .int(.max), false, .float(.infinity), "12345678",
    ]
    private static let expression = """
        ["howdy", b"HoWdY", -273.154, 100, None, True, 42, "", "Grüße €", b"", -2**63, 2**63 - 1,
        False, float("inf"), "12345678"]
        """

    private func code(_ error: any Error) -> ProcessError.Code? {
        (error as? ProcessError)?.code
    }

    @Test(arguments: [ShareableLayout.offsets, .python38])
    func itHasTheItemsItWasMadeOf(layout: ShareableLayout) async throws {
        let list = try await ShareableList(Self.items, layout: layout)
        defer { try? list.memory.unlink() }
        #expect(try list.items == Self.items)
        #expect(try await ShareableList(name: list.memory.name).items == Self.items)
        #expect(try travelled(list).items == Self.items)
        #expect(list.count == Self.items.count)
    }

    @Test func itemsChangeTheirTypesAndKeepTheirRoom() async throws {
        let list = try await ShareableList(["howdy", 1, -273.154])
        defer { try? list.memory.unlink() }
        #expect(try list.format == "8sqd")
        try list.set("dry ice", at: 2)
        #expect(try list.get(-1) == "dry ice")
        #expect(
            performing: { try list.set("larger than allocated", at: 2) },
            throws: { code($0) == .noRoom })
        #expect(try list.get(2) == "dry ice")
        try list.set(nil, at: 0)
        try list.set(.bytes([1, 2]), at: 0)
        try list.set(true, at: 1)
        #expect(try list.items == [.bytes([1, 2]), true, "dry ice"])
        #expect(try list.format == "8sxxxxxxx?8s")
    }

    @Test func itemsAreFoundAsPythonFindsThem() async throws {
        let list = try await ShareableList([1, true, 1.0, "a", .bytes([97]), nil])
        defer { try? list.memory.unlink() }
        #expect(try list.count(of: 1) == 3)
        #expect(try list.index(of: .bytes([97])) == 4)
        #expect(try list.index(of: nil) == 5)
        #expect(performing: { try list.index(of: 7) }, throws: { code($0) == .notFound })
        for index in [6, -7, Int.min] {
            #expect(performing: { try list.get(index) }, throws: { code($0) == .outOfRange })
            #expect(performing: { try list.set(1, at: index) }, throws: { code($0) == .outOfRange })
        }
    }

    @Test func anEmptyListIsAList() async throws {
        let list = try await ShareableList([])
        defer { try? list.memory.unlink() }
        #expect(try await ShareableList(name: list.memory.name).items == [])
    }

    @Test func noBytesReachATrap() async throws {
        let whole = try ShareableLayout.offsets.bytes(of: ["howdy", 1, nil])
        for place in whole.indices {
            for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
                var bytes = whole
                bytes[place] = value
                try await readEverything(bytes)
            }
        }
        for count in 1..<whole.count { try await readEverything(Array(whole.prefix(count))) }
    }

    private func readEverything(_ bytes: [UInt8]) async throws {
        let memory = try await SharedMemory(create: true, size: bytes.count, track: false)
        try memory.write(bytes, at: 0)
        defer { try? memory.unlink() }
        guard let list = try? await ShareableList(name: memory.name) else { return }
        for index in 0..<list.count {
            _ = try? list.get(index)
            for item in ["12345678", 1, nil] as [ShareableItem] { try? list.set(item, at: index) }
        }
    }

    // MARK: With Python

    @Test(.enabled(if: !CPython.sharingMemory.isEmpty), arguments: CPython.sharingMemory)
    func pythonReadsAndWritesOurs(python: CPython) async throws {
        let list = try await ShareableList(
            Self.items, layout: python.version == "3.8" ? .python38 : .offsets)
        defer { try? list.memory.unlink() }
        let answer = try await python.shareMemory(
            """
            l = ShareableList(name=sys.argv[1])
            print(list(l) == \(Self.expression), [type(e).__name__ for e in l][:7])
            l[0], l[1], l[-1] = "ciao", None, b"\\x01\\x02"
            """, list.memory.name)
        #expect(answer == "True ['str', 'bytes', 'float', 'int', 'NoneType', 'bool', 'int']")
        #expect(try list.get(0) == "ciao")
        #expect(try list.get(1) == nil)
        #expect(try list.get(-1) == .bytes([1, 2]))
    }

    @Test(.enabled(if: !CPython.sharingMemory.isEmpty), arguments: CPython.sharingMemory)
    func weReadAndWritePythons(python: CPython) async throws {
        let name = try await python.shareMemory(
            """
            l = ShareableList(["howdy", b"HoWdY", -273.154, 100, None, True])
            print(l.shm.name)
            """)
        let list = try await ShareableList(name: name)
        defer { try? list.memory.unlink() }
        #expect(try list.items == ["howdy", .bytes(Array("HoWdY".utf8)), -273.154, 100, nil, true])
        try list.set("dry ice", at: 2)
        try list.set(1.5, at: 0)
        let answer = try await python.shareMemory(
            "print(list(ShareableList(name=sys.argv[1])))", name)
        #expect(answer == "[1.5, b'HoWdY', 'dry ice', 100, None, True]")
    }

    @Test(.enabled(if: !CPython.sharingMemory.isEmpty), arguments: CPython.sharingMemory)
    func pythonSharesMemoryWithUs(python: CPython) async throws {
        let memory = try await SharedMemory(create: true, size: 10)
        try memory.write([22, 33, 44, 55], at: 0)
        let name = try await python.shareMemory(
            """
            a = SharedMemory(name=sys.argv[1])
            a.buf[4] = sum(a.buf[:4])
            b = SharedMemory(create=True, size=100)
            b.buf[:5] = b"howdy"
            print(b.name)
            """, memory.name)
        #expect(try memory.read(4..<5) == [154])
        let other = try await SharedMemory(name: name)
        #expect(try other.read(0..<6) == Array("howdy\0".utf8))
        #expect(other.size == 100)
        try other.unlink()
        try memory.unlink()
    }
}

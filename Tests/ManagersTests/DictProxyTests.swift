import Managers
import Pickle
import Testing

@Suite(.timeLimit(.minutes(10)))
struct DictProxyTests {
    @Test(arguments: TestServer.all)
    func aDictDoesWhatPythonsDoes(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict(["one": 1, "two": 2])
            #expect(try await dict["one"] == 1)
            #expect(try await dict["three"] == nil)
            #expect(try await dict.get("three", default: 3) == 3)
            #expect(try await dict.value(forKey: "two") == 2)
            #expect(try await dict.contains("one"))
            #expect(try await dict.count == 2)
            try await dict.set(3, forKey: "three")
            #expect(try await dict.setDefault(9, forKey: "three") == 3)
            #expect(try await dict.setDefault(4, forKey: "four") == 4)
            try await dict.update(["four": 44, "five": 5])
            #expect(
                try await dict.copy() == ["one": 1, "two": 2, "three": 3, "four": 44, "five": 5])
            #expect(try await dict.removeValue(forKey: "five") == 5)
            #expect(try await dict.removeValue(forKey: "five") == nil)
            #expect(try await dict.pop("four") == 44)
            #expect(try await dict.pop("four", default: 0) == 0)
            let last = try await dict.popItem()
            #expect(last.key == "three" && last.value == 3)
            #expect(try await dict.keys().sorted() == ["one", "two"])
            #expect(try await dict.values().sorted() == [1, 2])
            #expect(
                try await dict.items().map { "\($0.key)\($0.value)" }.sorted() == ["one1", "two2"])
            try await dict.remove("one")
            #expect(try await dict.str() == "{'two': 2}")
            #expect(try await dict.getValue(as: [String: Int].self) == ["two": 2])
            try await dict.clear()
            #expect(try await dict.isEmpty)
        }
    }

    /// That there is no such method, or object, is no answer about a key.
    @Test(arguments: TestServer.all)
    func whatIsNoDictHasNoAnswer(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.lock()
            let dict = DictProxy<String, Int?>(lock.reference)
            #expect(await code { _ = try await dict.get("a") } == .remote)
            #expect(await code { _ = try await dict.removeValue(forKey: "a") } == .remote)
            let set = SetProxy<Int>(lock.reference)
            #expect(await code { _ = try await set.pop() } == .remote)
        }
    }

    @Test(arguments: TestServer.all)
    func aValueThatIsNilIsAValue(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict(["none": nil, "one": 1] as [String: Int?])
            #expect(try await dict["none"] == .some(nil))
            #expect(try await dict["one"] == .some(1))
            #expect(try await dict["two"] == nil)
            #expect(try await dict.removeValue(forKey: "none") == .some(nil))
            #expect(try await dict.removeValue(forKey: "none") == nil)
            #expect(try await dict.removeValue(forKey: "one") == .some(1))
        }
    }

    @Test(arguments: TestServer.all)
    func aMissingKeyIsAKeyError(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict(Int.self, String.self)
            #expect(await exception { _ = try await dict.value(forKey: 7) } == "KeyError")
            #expect(await exception { _ = try await dict.pop(7) } == "KeyError")
            #expect(await exception { _ = try await dict.popItem() } == "KeyError")
            #expect(await exception { try await dict.remove(7) } == "KeyError")
            do throws(ManagerError) {
                _ = try await dict.value(forKey: 7)
            } catch {
                #expect(error.code == .remote)
                #expect(error.exception?.message == "7")
                #expect(error.exception?.module == "builtins")
            }
        }
    }

    @Test(arguments: TestServer.all)
    func anIteratorGoesThroughTheKeys(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict(["a": 1, "b": 2, "c": 3])
            let iterator = try await dict.makeIterator()
            var keys: [String] = []
            while let key = try await iterator.next() { keys.append(key) }
            #expect(keys.sorted() == ["a", "b", "c"])
            #expect(try await iterator.next() == nil)
        }
    }

    @Test(arguments: TestServer.all)
    func aChangedDictEndsItsIterator(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict(["a": 1])
            let iterator = try await dict.makeIterator()
            try await dict.set(2, forKey: "b")
            #expect(await exception { _ = try await iterator.next() } == "RuntimeError")
        }
    }
}

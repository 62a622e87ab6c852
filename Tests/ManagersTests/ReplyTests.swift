import Pickle
import Testing

@testable import Managers

@Suite struct ReplyTests {
    private func reply(_ kind: String, _ value: PickleValue) throws -> Reply {
        try Reply(PickleValue.tuple([.str(kind), value]).pickled())
    }

    private func failure(
        _ kind: String, _ value: PickleValue, about subject: String? = nil
    ) -> ManagerError? {
        do {
            _ = try reply(kind, value).returned(about: subject)
            return nil
        } catch {
            return error as? ManagerError
        }
    }

    @Test func aResultIsReturned() throws {
        #expect(try reply("#RETURN", [1, "a"]).returned() == [1, "a"])
    }

    @Test func anExceptionIsTold() {
        let error = failure("#ERROR", .exception("KeyError", ["name"]))
        #expect(error?.code == .remote)
        #expect(
            error?.exception
                == RemoteException(module: "builtins", name: "KeyError", message: "'name'"))
        #expect(error?.reason == "KeyError: 'name'")
    }

    @Test func anExceptionOfAnotherModuleIsNamedInFull() {
        let error = failure("#ERROR", .exception(module: "_queue", "Empty"))
        #expect(error?.exception?.module == "_queue")
        #expect(error?.reason == "_queue.Empty")
    }

    @Test func anUnknownIdentIsAnObjectThatIsGone() {
        let text = "Traceback (most recent call last):\n  File \"x\"\nKeyError: '7f00'\n"
        #expect(failure("#TRACEBACK", .str(text), about: "7f00")?.code == .objectGone)
        let other = failure("#TRACEBACK", .str(text), about: "7f01")
        #expect(other?.code == .remote)
        #expect(other?.exception?.traceback == text)
    }

    @Test func ourServersReasonIsKept() {
        let text = "Traceback:\n\nKeyError: '7f00' (the object is gone)\n"
        #expect(
            failure("#TRACEBACK", .str(text), about: "7f00")?.reason
                == "the object 7f00 is gone (the object is gone)")
    }

    @Test func theLastLineOfATracebackNamesTheException() {
        for (line, module, name, message) in [
            ("TypeError: no: really", "builtins", "TypeError", "no: really"),
            ("queue.Full", "queue", "Full", ""),
            ("a.b.C: x", "a.b", "C", "x"),
            ("", "builtins", "", ""),
        ] {
            let error = failure("#UNSERIALIZABLE", .str("Traceback:\n\(line)\n"))
            if line.isEmpty { continue }
            #expect(error?.exception?.module == module)
            #expect(error?.exception?.name == name)
            #expect(error?.exception?.message == message)
        }
    }

    @Test(arguments: [
        ("ValueError: a\nlast words\n", "ValueError", "a\nlast words"),
        (
            "KeyError: 'a'\n\n"
                + "During handling of the above exception, another exception occurred:\n\n"
                + "Traceback (most recent call last):\n  File \"x\", line 1, in f\nm.E: b\n", "E",
            "b"
        ),
        (
            "RemoteError: \n---\nTraceback (most recent call last):\nKeyError: 1\n---\n",
            "RemoteError", "\n---\nTraceback (most recent call last):\nKeyError: 1\n---"
        ),
    ])
    func aMessageMayHaveManyLines(_ tail: String, _ name: String, _ message: String) {
        let head = "Traceback (most recent call last):\n  File \"x\", line 2, in g\n    g()\n"
        let error = failure("#TRACEBACK", .str(PickleString(head + tail)))
        #expect(error?.exception?.name == name)
        #expect(error?.exception?.message == message)
    }

    @Test func aGroupOfExceptionsIsNamed() {
        let text = """
              + Exception Group Traceback (most recent call last):
              |   File "x", line 2, in <module>
              | ExceptionGroup: g (2 sub-exceptions)
              +-+---------------- 1 ----------------
                | ValueError: 1
                +------------------------------------

            """
        let error = failure("#TRACEBACK", .str(PickleString(text)))
        #expect(error?.exception?.name == "ExceptionGroup")
        #expect(error?.exception?.message == "g (2 sub-exceptions)")
    }

    @Test func aKeyErrorOfAnInitializerIsNoUnknownType() {
        func error(in function: String) -> ManagerError? {
            let text =
                "Traceback (most recent call last):\n"
                + "  File \"managers.py\", line 382, in create\n    obj = callable(*args)\n"
                + "  File \"x.py\", line 2, in \(function)\n    raise\nKeyError: 'Thing'\n"
            return failure("#TRACEBACK", .str(PickleString(text)), about: "Thing")?
                .inCreating("Thing")
        }
        #expect(error(in: "create")?.code == .unknownType)
        #expect(error(in: "__init__")?.code == .remote)
    }

    @Test(arguments: [
        PickleValue.none, "text", .tuple([]), .tuple(["#RETURN"]), .tuple([1, 2]),
        .tuple(["#NOVELTY", 1]), .tuple(["#PROXY", 1]), .tuple(["#PROXY", .tuple([1, 2])]),
    ])
    func whatIsNoReplyIsUnexpected(_ value: PickleValue) {
        #expect {
            _ = try Reply(value.pickled())
        } throws: {
            ($0 as? ManagerError)?.code == .unexpectedReply
        }
    }

    @Test func whatIsNoPickleIsUnexpected() {
        for bytes in [[], [0x80], Array("hello".utf8), [0x80, 4, 0x2E]] as [[UInt8]] {
            #expect {
                _ = try Reply(bytes)
            } throws: {
                ($0 as? ManagerError)?.code == .unexpectedReply
            }
        }
    }

    @Test func aNewObjectIsKept() throws {
        let token = ManagerToken(typeID: "Iterator", address: "/s", id: "7f00")
        let proxy = PickleValue.tuple([.tuple(["__next__"]), .token(token)])
        guard case .proxy(let exposed, let found) = try reply("#PROXY", proxy) else {
            Issue.record("no proxy")
            return
        }
        #expect(exposed == ["__next__"])
        #expect(found == token)
    }
}

import Connections
import Testing

@testable import Managers

@Suite struct KeyRingFileTests {
    private func ring(_ text: String) throws -> KeyRing {
        try KeyRingFile(text) { (path) throws(ConnectionError) in
            guard path == "a.key" else { throw .invalidKey("open \(path): no such file") }
            return try AuthenticationKey(Array("from a file".utf8))
        }.ring
    }

    private func problem(_ text: String) -> KeyRingFile.Problem? {
        do {
            _ = try ring(text)
            return nil
        } catch {
            return error as? KeyRingFile.Problem
        }
    }

    @Test func aSectionIsAPrincipal() throws {
        let ring = try ring(
            """
            # Who may come.
            [worker]
            key      = hex:00fF
            key-file = a.key
            verbs    = create, number_of_objects
            types    = list:make  dict:read+make
            names    = jobs, config:read , tmp-*:write

              [operator] \r
            key = base64:c2VjcmV0
            certificate = operator.example
            verbs = *
            types = *
            names = *
            """)
        #expect(ring.principals.map(\.name) == ["worker", "operator"])
        let worker = ring.principals[0]
        #expect(worker.keys.map(\.bytes) == [[0, 0xFF], Array("from a file".utf8)])
        #expect(worker.rights.verbs == [.create, .numberOfObjects])
        #expect(worker.rights.types == ["list": .make, "dict": [.read, .make]])
        #expect(worker.rights.names == ["jobs": .write, "config": .read, "tmp-*": .write])
        #expect(ring.principals[1].keys.map(\.bytes) == [Array("secret".utf8)])
        #expect(ring.principals[1].rights == .all)
        #expect(ring.principal(certificate: "operator.example")?.name == "operator")
        #expect(ring.principal(certificate: "worker") == nil)
        let key = try AuthenticationKey([0, 0xFF])
        #expect(ring.principal(of: key)?.name == "worker")
    }

    @Test func settingsAddUp() throws {
        let ring = try ring(
            "[a]\nkey=text:k y\ntypes=list:read\ntypes=list:make dict\nnames=a:b:read")
        #expect(ring.principals[0].keys[0].bytes == Array("k y".utf8))
        #expect(
            ring.principals[0].rights.types == ["list": [.read, .make], "dict": [.write, .make]])
        #expect(ring.principals[0].rights.names == ["a:b": .read])
    }

    @Test func whatIsNotSaidIsNotAllowed() throws {
        let ring = try ring("[a]\nkey=text:k")
        #expect(ring.principals[0].rights == KeyRing.Rights())
    }

    @Test(arguments: [
        ("", 1, "there is no [NAME]"), ("\n# nothing\n", 3, "there is no [NAME]"),
        ("key=text:a", 1, "a setting before the first [NAME]"),
        ("[a", 1, "a [ without its ]"), ("[a]\nnonsense", 2, "neither [NAME] nor SETTING = VALUE"),
        ("[a]\nkey=", 2, "'key' has no value"),
        ("[a]\ncolour=red", 2, "there is no setting 'colour'"),
        ("[a]\nverbs=create", 1, "'a' has no key"),
        ("[a b]\nkey=text:k", 1, "'a b' is no name: 1 to 64 letters, digits, '.', '_' and '-'"),
        ("[a]\nkey=text:k\n[a]\nkey=text:l", 3, "'a' is there twice"),
        ("[a]\nkey=text:k\n[b]\nkey=text:k", 3, "'b' has a key of 'a'"),
        (
            "[a]\nkey=secret", 2,
            "key: neither hex:…, base64:… nor text:…, or not well formed"
        ),
        ("[a]\nkey=text:", 2, "key: the key is empty"),
        ("[a]\nkey-file=b.key", 2, "key-file: open b.key: no such file"),
        (
            "[a]\nkey=text:k\nverbs=create drop", 3,
            "'drop' is none of create, shutdown, debug_info, number_of_objects"
        ),
        ("[a]\nkey=text:k\ntypes=list:all", 3, "'list:all': 'all' is none of read, write, make"),
        ("[a]\nkey=text:k\ntypes=list:", 3, "'list:': '' is none of read, write, make"),
        ("[a]\nkey=text:k\nnames=jobs:make", 3, "'jobs:make': only types can be made"),
        (
            "[a]\nkey=text:k\nnames=*jobs", 3,
            "'*jobs': a pattern is a name, or a beginning and a star"
        ),
    ])
    func aProblemHasItsLine(text: String, line: Int, reason: String) {
        #expect(problem(text) == KeyRingFile.Problem(line: line, reason: reason))
    }

    @Test(
        arguments: [
            ("hex:", nil), ("hex:0", nil), ("hex:0g", nil), ("hex:é9", nil),
            ("hex:0aB0", [10, 0xB0]),
            ("base64:TQ==", [77]), ("base64:TQ", [77]), ("base64:TR==", nil),
            ("base64:TWE=", [77, 97]),
            ("base64:TWFu", [77, 97, 110]), ("base64:T", nil), ("base64:TWF=u", nil),
            ("base64:T===", nil), ("base64:+/+/", [0xFB, 0xFF, 0xBF]), ("base64:T Q=", nil),
            ("text:a:b", Array("a:b".utf8)), ("rot13:a", nil), ("secret", nil),
        ] as [(String, [UInt8]?)])
    func aKeyIsWrittenInThreeWays(text: String, bytes: [UInt8]?) {
        #expect(KeyText.bytes(text[...])?.isEmpty == false || bytes == nil)
        #expect(KeyText.bytes(text[...]).flatMap { $0.isEmpty ? nil : $0 } == bytes)
    }

    @Test func aRingHasNoMoreKeysThanItMay() throws {
        var ring = KeyRing()
        for number in 0..<KeyRing.keyLimit {
            try ring.add("p\(number)", keys: [try AuthenticationKey(Array("\(number)".utf8))])
        }
        #expect(throws: ManagerError.self) {
            try ring.add("more", keys: [try AuthenticationKey(Array("more".utf8))])
        }
        #expect(ring.principals.count == KeyRing.keyLimit)
    }
}

import Pickle
import Testing

@testable import Managers

@Suite struct RequestTests {
    private struct Unwritable: Encodable {
        func encode(to encoder: any Encoder) throws {
            throw EncodingError.invalidValue(
                0, .init(codingPath: [], debugDescription: "it does not want to"))
        }
    }

    private struct Point: Encodable {
        let x: Int
        let y: Int
    }

    private func text(_ request: [UInt8]) throws -> String {
        try PickleValue(pickle: request).repr()
    }

    @Test func aCallIsATupleOfFour() throws {
        let request = try Request.call("7f00", "put", "a", 1, [1.5], Int?.none)
        #expect(try text(request) == "('7f00', 'put', ('a', 1, [1.5], None), {})")
    }

    @Test func aVerbHasNoIdent() throws {
        #expect(try text(Request.verb("dummy")) == "(None, 'dummy', (), {})")
        #expect(try text(Request.verb("incref", "7f00")) == "(None, 'incref', ('7f00',), {})")
    }

    @Test func keywordsComeLast() throws {
        let request = Request("7f00", "sort").finished(keywords: ["reverse": true])
        #expect(try text(request) == "('7f00', 'sort', (), {'reverse': True})")
    }

    @Test func aStructIsADict() throws {
        let request = try Request.call("7f00", "append", Point(x: 1, y: 2))
        #expect(try text(request) == "('7f00', 'append', ({'x': 1, 'y': 2},), {})")
    }

    @Test func valuesWithMemosStandBesideOneAnother() throws {
        let shared = PickleValue.list([1])
        let twice = PickleValue.tuple([shared, shared])
        let request = try Request.call("7f00", "f", twice, twice)
        #expect(try text(request) == "('7f00', 'f', (([1], [1]), ([1], [1])), {})")
    }

    @Test func whatCannotBeEncodedIsAnEncodingError() {
        #expect {
            _ = try Request.call("7f00", "put", Unwritable())
        } throws: {
            ($0 as? ManagerError)?.code == .encoding
        }
    }
}

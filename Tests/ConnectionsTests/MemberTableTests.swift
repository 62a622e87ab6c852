import Sockets
import Testing

@testable import Connections

@Suite struct MemberTableTests {
    private final class Member: LoopMember {
        func becameReady(_ ready: Ready, scratch: UnsafeMutableRawBufferPointer) {}
    }

    @Test func aTokenFindsItsMember() {
        var table = MemberTable()
        let members = (0..<10).map { _ in Member() }
        let tokens = members.map { table.add($0) }
        #expect(Set(tokens).count == 10)
        #expect(!tokens.contains(0))
        for (member, token) in zip(members, tokens) { #expect(table[token] === member) }
        #expect(table[0] == nil)
        #expect(table[.max] == nil)
    }

    @Test func theTokenOfOneThatHasLeftFindsNobody() {
        var table = MemberTable()
        let (first, second) = (Member(), Member())
        let old = table.add(first)
        #expect(table.remove(old) === first)
        #expect(table[old] == nil)
        #expect(table.remove(old) == nil)
        let new = table.add(second)
        #expect(new != old)
        #expect(table[new] === second)
        #expect(table[old] == nil)
        #expect(table.remove(old) == nil)
        #expect(table[new] === second)
    }
}

import ChildPrograms
import Testing

@testable import Pickle

@Suite struct CaseMappingTests {
    private static let texts: [(PickleString, lower: PickleString, upper: PickleString)] = [
        ("", "", ""), ("aZ[`{@", "az[`{@", "AZ[`{@"), ("Straße", "straße", "STRASSE"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς", "ΟΔΥΣΣΕΥΣ"), ("Σ", "σ", "Σ"), ("ΑΣ.", "ας.", "ΑΣ."),
        ("ΑΣ.Β", "ασ.β", "ΑΣ.Β"), ("Α'Σ'Β", "α'σ'β", "Α'Σ'Β"), ("İ", "i\u{307}", "İ"),
    ]

    @Test func textsInLowerAndUpperCase() {
        for (text, lower, upper) in Self.texts {
            #expect(CaseMapping.upper(text) == upper)
            #expect(CaseMapping.lower(text) == lower)
        }
    }

    @Test func surrogatesStay() throws {
        let text = try PickleString(utf8: [0xED, 0xA0, 0x80, 0x41, 0xC3, 0x84])
        #expect(CaseMapping.lower(text).utf8 == [0xED, 0xA0, 0x80, 0x61, 0xC3, 0xA4])
        #expect(CaseMapping.casefold(text).utf8 == [0xED, 0xA0, 0x80, 0x61, 0xC3, 0xA4])
    }

    /// All characters that have another case in that Python, whose Unicode may be older.
    @Test(arguments: CPython.found)
    func everyCharacterIsAsInPython(python: CPython) async throws {
        let program = """
            for code in range(0x110000):
                c = chr(code)
                maps = c.lower(), c.upper(), c.casefold()
                if maps != (c, c, c) and not 0xD800 <= code < 0xE000:
                    print(code, *(','.join(str(ord(x)) for x in text) for text in maps))
            """
        let outcome = try await ChildProgram.run(
            [python.path, "-c", program], within: .seconds(60))
        let lines = outcome.output.split(separator: "\n")
        try #require(lines.count > 2500, "\(outcome)")
        for (place, line) in lines.enumerated() {
            // Others need the few threads there are.
            if place.isMultiple(of: 50) { await Task.yield() }
            let words = line.split(separator: " ")
            var utf8: [UInt8] = []
            SurrogatePass.append(try #require(UInt32(words[0])), to: &utf8)
            let text = PickleString(unchecked: utf8)
            let maps = words.dropFirst().map { word in
                word.split(separator: ",").compactMap { UInt32($0) }
            }
            for (mapping, expected) in zip([CaseMapping.lower, .upper, .casefold], maps)
            where Array(mapping(text).codePoints) != expected {
                Issue.record("\(mapping) of \(words[0])")
            }
        }
    }
}

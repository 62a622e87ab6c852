import Testing

@testable import HostedObjects

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("reversed", ". Did you mean 'reverse'?"), ("keys", ". Did you mean 'key'?"),
        ("KEY", ". Did you mean 'key'?"), ("x", ""), ("default", ""), ("", ""),
        (String(repeating: "r", count: 50), ""),
    ])
    func theNearestNameIsMeant(name: String, text: String) {
        #expect(Suggestion.text(for: name, among: ["key", "reverse"]) == text)
    }
}

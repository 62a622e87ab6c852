import Testing

@Suite struct TranscriptTests {
    private let model = Transcript("a -> 1\na -> 2\nb -> old words\nclaim: yes\n")

    @Test func equalTranscriptsDoNotDiffer() {
        #expect(model.differences(from: model) == [])
    }

    @Test func aRepeatedCallIsComparedWithItsOwnRepetition() {
        let ours = Transcript("a -> 2\na -> 1\nb -> old words\nclaim: yes\n")
        #expect(ours.differences(from: model).count == 2)
    }

    @Test func newerWordsAreAllowedWhereTheyAreExpected() {
        let ours = Transcript("a -> 1\na -> 2\nb -> new words\nclaim: yes\n")
        #expect(ours.differences(from: model).count == 1)
        #expect(ours.differences(from: model, or: Transcript("b -> new words")) == [])
        #expect(ours.differences(from: model, allowing: ["b -> new words"]) == [])
    }

    @Test func aMissingAndAnUnknownLineAreDifferences() {
        let ours = Transcript("a -> 1\na -> 2\nb -> old words\nclaim: NO\n")
        #expect(ours.differences(from: model).count == 2)
        #expect(ours.denials == ["claim: NO"])
    }
}

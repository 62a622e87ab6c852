import Testing

@testable import manager

@Suite struct FigureTextTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000"),
        (.min, "-9,223,372,036,854,775,808"),
    ])
    func thousandsAreSetApart(_ number: Int, _ text: String) {
        #expect(FigureText.grouped(number) == text)
    }

    @Test(arguments: [
        (0, "0.000"), (0.1234, "0.123"), (0.9996, "1.00"), (1.234, "1.23"), (9.999, "10.0"),
        (12.34, "12.3"), (99.96, "100"), (100, "100"), (1234.5, "1,235"),
    ])
    func threeDigitsAreTold(_ number: Double, _ text: String) {
        #expect(FigureText.digits(number) == text)
    }

    @Test func timesAreInTheUnitThatFits() {
        #expect(FigureText.microseconds(12.34) == "12.3 µs")
        #expect(FigureText.microseconds(1500) == "1.50 ms")
        #expect(FigureText.microseconds(2_000_000) == "2.00 s")
    }

    @Test func oneIsNotMany() {
        #expect(FigureText.counted(1, "key") == "1 key")
        #expect(FigureText.counted(1000, "key") == "1,000 keys")
    }
}

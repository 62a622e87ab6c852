/// A decoder and what must hold of it for any bytes.
protocol FuzzTarget: SendableMetatype {
    /// What the command line calls it.
    static var name: String { get }
    /// Whether its input is a pickle, and worth changing instruction by instruction.
    static var isMadeOfInstructions: Bool { get }

    /// Runs one input; stops the process where something does not hold.
    static func run(_ input: [UInt8])

    /// Inputs to begin with.
    ///
    /// - Parameter golden: pickles that CPython wrote.
    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]]
}

/// Stops the process with a sentence where a claim does not hold: libFuzzer then keeps the input.
func claim(_ holds: Bool, _ text: @autoclosure () -> String) {
    guard !holds else { return }
    fatalError("FINDING: \(text())")
}

/// The same for what must not fail.
func claim<Result, Reason: Error>(
    _ text: String, _ body: () throws(Reason) -> Result
) -> Result {
    do throws(Reason) {
        return try body()
    } catch {
        fatalError("FINDING: \(text): \(error)")
    }
}

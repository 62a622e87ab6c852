/// Honest clients, plain and tagged, that work, wait, lose their connections, come back, ask what
/// came of their calls, and die, and a ledger of what each was told. After each step: no item is
/// lost, doubled or out of order, no lock has two holders, nobody waits for what is free, who came
/// first is served first, and who asks later is told the truth.
///
/// ```text
/// 0     1       2
/// step  client  choice      and so on: see LedgerScript
/// ```
enum LedgerFuzz: FuzzTarget {
    static let name = "ledger"
    static let isMadeOfInstructions = false

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        var random = SplitMix(seed: 7)
        return (0..<64).map { _ in
            (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }

    static func run(_ input: [UInt8]) {
        var script = LedgerScript(input)
        script.run()
    }
}

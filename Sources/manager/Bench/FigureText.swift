/// Figures as people read them.
enum FigureText {
    /// `1,234,567`
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `1 task`, `2,000 tasks`
    static func counted(_ number: Int, _ noun: String) -> String {
        "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// With three digits, or all of those before the point: `0.123`, `1.23`, `12.3`, `1,234`.
    static func digits(_ number: Double) -> String {
        // Rounding may bring one digit more.
        for places in stride(from: 3, through: 1, by: -1) {
            let scale = [10, 100, 1000][places - 1]
            let rounded = Int((number * Double(scale)).rounded())
            guard rounded < 1000 else { continue }
            let rest = String(rounded % scale)
            return "\(rounded / scale)."
                + String(repeating: "0", count: places - rest.count) + rest
        }
        return grouped(Int(number.rounded()))
    }

    /// A time of so many microseconds, in the unit that fits: `12.3 µs`, `4.56 ms`, `1.00 s`.
    static func microseconds(_ time: Double) -> String {
        if time < 1000 { return "\(digits(time)) µs" }
        if time < 1_000_000 { return "\(digits(time / 1000)) ms" }
        return "\(digits(time / 1_000_000)) s"
    }
}

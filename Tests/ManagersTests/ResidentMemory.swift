import Foundation

/// How much memory this process has, the server in it included.
enum ResidentMemory {
    /// In bytes; 0 where the system does not tell.
    static var bytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii)) ?? ""
        let fields = text.split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
    }

    /// Waits until it is below so many bytes: for what stays. Other tests run in the same process,
    /// and let go of what they have.
    static func falls(below limit: Int) async throws {
        try await eventually { bytes < limit }
    }
}

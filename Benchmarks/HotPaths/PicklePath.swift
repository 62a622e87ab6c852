import Pickle

/// Values of a Swift program on their way to a pickle and back.
enum PicklePath {
    /// What a program may well store.
    private struct Job: Codable, Equatable {
        var name: String
        var attempts: Int
        var weights: [Double]
    }

    private static let job = Job(name: "resize", attempts: 3, weights: [0.25, 0.5, 1])

    static var all: [HotPath] {
        both("an int", 12345) + both("a text", "a text of 27 bytes in ASCII")
            + both("64 bytes", [UInt8](repeating: 120, count: 64)) + both("a struct", job)
    }

    private static func both<Value: Codable & Equatable>(
        _ name: String, _ value: Value
    ) -> [HotPath] {
        [
            HotPath("encode \(name)") {
                let encoder = PickleEncoder()
                return { times in
                    for _ in 0..<times {
                        precondition((try? encoder.encode(value))?.isEmpty == false)
                    }
                }
            },
            HotPath("decode \(name)") {
                let pickle = (try? PickleEncoder().encode(value)) ?? []
                let decoder = PickleDecoder()
                return { times in
                    for _ in 0..<times {
                        precondition((try? decoder.decode(Value.self, from: pickle)) == value)
                    }
                }
            },
        ]
    }
}

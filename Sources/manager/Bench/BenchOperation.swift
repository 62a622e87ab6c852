import ArgumentParser

/// What `manager bench` has measured.
enum BenchOperation: String, CaseIterable, Encodable, Sendable {
    case get, set, mixed
    case queuePut = "queue-put"
    case queueGet = "queue-get"
    case queue, lock, null

    /// Whether every second call takes back what the first has done.
    var isPaired: Bool { self == .lock || self == .queue }

    /// Whether it needs as many items as it makes calls, so that these must be counted.
    var consumes: Bool { self == .queueGet }

    /// Whether its calls give flags or nothing; else they give bytes or nothing.
    var givesFlags: Bool { self == .lock || self == .null }

    /// Whether its keys are a dict's; else they are the objects themselves.
    var hasKeys: Bool { self == .get || self == .set || self == .mixed }
}

extension BenchOperation: ExpressibleByArgument {
    /// What `--help` tells of each.
    static var allValueDescriptions: [String: String] {
        [
            "get": "d[key] of a dict that has all keys",
            "set": "d[key] = value",
            "mixed": "four gets to a set, by chance",
            "queue-put": "put; the queue grows meanwhile",
            "queue-get": "get, of as many items as there are calls, put there before",
            "queue": "put, then get",
            "lock": "acquire, then release",
            "null": "is_set of an Event: a call without arguments",
        ]
    }
}

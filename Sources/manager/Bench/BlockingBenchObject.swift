import Managers

/// The shared object that a benchmark's thread calls.
struct BlockingBenchObject {
    private let calls: BlockingCalls

    init(_ object: BenchObject) {
        calls = object.proxy.blocking
    }

    /// Makes a call and checks its reply.
    ///
    /// - Throws: `ManagerError`, or a `Complaint` of a reply that is not right.
    func perform(_ call: BenchCall, _ values: BenchValues) throws {
        let isRight: Bool
        switch call {
        case .read(let number):
            let value: [UInt8] = try calls.call("__getitem__", values.key(number))
            isRight = values.isRight(value, number)
        case .write(let number):
            try calls.call("__setitem__", values.key(number), values.value(number))
            isRight = true
        case .put:
            try calls.call("put", values.item)
            isRight = true
        case .take:
            let item: [UInt8] = try calls.call("get")
            isRight = values.isRight(item, 0)
        case .acquire:
            isRight = try calls.call("acquire")
        case .release:
            try calls.call("release")
            isRight = true
        case .ask:
            let isSet: Bool = try calls.call("is_set")
            isRight = !isSet
        }
        guard isRight else { throw Complaint.wrong(call) }
    }
}

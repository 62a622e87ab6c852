import Multiprocessing

// What the page says of shared values, arrays and structures.
extension Tour {
    /// Python: `with counter.get_lock(): counter.value += 1`
    func counting() async throws {
        let counter = try SharedValue(0)
        let children = (0..<4).map { _ in ChildProcess(Count(counter: counter)) }
        for child in children { try await child.start() }
        for child in children { try await child.join() }
        print(try await counter.get())
    }

    /// Python: `class Point(Structure)`, `Value(c_double, 1.0/3.0, lock=False)`, `Array('c', …)`
    func structures() async throws {
        let lock = try RLock()
        let work = Modify(
            n: try SharedValue(Int32(7)), x: try RawSharedValue(1.0 / 3.0),
            s: try SharedArray(Array("hello world".utf8), lock: lock),
            points: try SharedArray(
                [Point(x: 1.875, y: -6.25), Point(x: -5.75, y: 2.0), Point(x: 2.375, y: 9.5)],
                lock: lock))
        let child = ChildProcess(work)
        try await child.start()
        try await child.join()
        print(try await work.n.get())
        print(work.x.value)
        print(String(decoding: try await work.s.elements(), as: UTF8.self))
        print(try await work.points.elements().map { ($0.x, $0.y) })
    }
}

struct Count: SynchronousProcessTarget {
    let counter: SharedValue<Int>

    func run() throws {
        for _ in 0..<1000 { try counter.blocking.withLock { $0 += 1 } }
    }
}

struct Point: BitwiseCopyable {
    var x: Double
    var y: Double
}

struct Modify: SynchronousProcessTarget {
    let n: SharedValue<Int32>
    let x: RawSharedValue<Double>
    let s: SharedArray<UInt8>
    let points: SharedArray<Point>

    func run() throws {
        try n.blocking.withLock { $0 *= $0 }
        x.value *= x.value
        try s.blocking.withLock { letters in
            for index in letters.indices where (97...122).contains(letters[index]) {
                letters[index] -= 32
            }
        }
        try points.blocking.withLock { points in
            for index in points.indices {
                points[index].x *= points[index].x
                points[index].y *= points[index].y
            }
        }
    }
}

import Multiprocessing

// What the page says of `Pool`, in its reference.
extension Tour {
    /// Python: `result = pool.apply_async(f, (10,)); it = pool.imap(f, range(10))`
    func poolObjects() async throws {
        try await withProcessPool(processes: 4) { pool in
            let result = try pool.applyAsync(Square(), to: 10)
            print(try await result.get(timeout: .seconds(60)))
            print(try await pool.map(Square(), over: 0..<10))
            let squares = pool.imap(Square(), over: 0..<10).makeAsyncIterator()
            for _ in 0..<2 { if let next = try await squares.next() { print(next) } }
            if let next = try await squares.next(timeout: .seconds(60)) { print(next) }
            let slow = try pool.applyAsync(Spin(), to: 5)
            do throws(ProcessError) {
                _ = try await slow.get(timeout: .milliseconds(50))
            } catch {
                guard error.code == .timedOut else { throw error }
                print("multiprocessing.TimeoutError")
            }
        }
    }
}

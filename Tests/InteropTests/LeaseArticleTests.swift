import Multiprocessing
import Testing

/// The code of the article about leases: see ``ArticleTests``.
@Suite struct LeaseArticleTests {
    @Test func leasesAndTokens() async throws {
        try await withManager { manager in
            let lock = try await manager.lock(named: "report")
            let report = try await manager.list(of: String.self, named: "lines")
            try await lock.withLock(lease: .seconds(60)) { token in
                try await report.fenced(by: token).append("the sum is 42")
            }

            let old = try await lock.withLock { token in token }
            try await lock.withLock { token in
                try await report.fenced(by: token).append("by the holder")
            }
            do throws(ManagerError) {
                try await report.fenced(by: old).append("by one who was overtaken")
            } catch {
                guard error.code == .fenced else { throw error }
            }
            #expect(try await report.count == 2)
        }
    }

    @Test func leadershipAndOnce() async throws {
        try await withManager { manager in
            let report = try await manager.list(of: String.self, named: "lines")
            let jobs = try await manager.list(of: Int.self)
            try await manager.leadership("scheduler", lease: .seconds(60)) { term in
                let jobs = jobs.fenced(by: term.token)
                for hour in 0..<24 { try await jobs.append(hour) }
            }
            #expect(try await jobs.count == 24)

            let outcome = try await manager.once("nightly-2026-11-26") { token in
                try await report.fenced(by: token).append("good night")
            }
            if !outcome.hasRun { print("somebody else did it") }
            #expect(outcome.hasRun)
        }
    }
}

import ChildPrograms
import Foundation
import Multiprocessing
import Testing

/// Pools of processes in a manager server.
@Suite(.timeLimit(.minutes(5)))
struct HostedPoolTests {
    struct Square: PoolTask {
        struct Negative: Error {}

        func callAsFunction(_ number: Int) throws -> Int {
            if number < 0 { throw Negative() }
            return number * number
        }
    }

    struct Power: BinaryPoolTask {
        func callAsFunction(_ base: Int, _ exponent: Int) -> Int {
            (0..<exponent).reduce(1) { product, _ in product * base }
        }
    }

    struct Nap: PoolTask {
        func callAsFunction(_ seconds: Double) async throws -> Double {
            try await Task.sleep(for: .seconds(seconds))
            return seconds
        }
    }

    struct Workers: ManagerSetup {
        func register(in registry: inout Registry) {
            registry.registerPool(
                tasks: [
                    HostedTask("square", Square()), HostedTask("power", Power()),
                    HostedTask("nap", Nap()),
                ], processLimit: 4)
        }
    }

    private func raised(_ error: any Error) -> String? {
        (error as? ManagerError)?.exception?.name
    }

    @Test func aSwiftClientHasItsWorkDone() async throws {
        try await withManager(Workers()) { manager in
            let pool = try await manager.pool(processes: 2)
            #expect(try await pool.apply("square", to: 7) == 49)
            #expect(try await pool.apply("power", to: 2, 10) == 1024)
            let squares = try await pool.map("square", over: 0..<100, returning: Int.self)
            #expect(squares == (0..<100).map { $0 * $0 })
            let powers = try await pool.starmap(
                "power", over: [(2, 5), (3, 2)], chunkSize: 1, returning: Int.self)
            #expect(powers == [32, 9])
            await #expect {
                _ = try await pool.map("square", over: [1, -1], returning: Int.self)
            } throws: { raised($0) == "RuntimeError" }
            await #expect { _ = try await pool.apply("cube", to: 1) as Int } throws: {
                raised($0) == "ValueError"
            }
            await #expect { _ = try await pool.apply("square", to: 1, 2) as Int } throws: {
                raised($0) == "TypeError"
            }
            await #expect { try await pool.join() } throws: { raised($0) == "ValueError" }
            try await pool.close()
            try await pool.join()
            await #expect { _ = try await pool.apply("square", to: 1) as Int } throws: {
                raised($0) == "ValueError"
            }
        }
    }

    @Test func aPoolHasAsManyWorkersAsTheServerAllows() async throws {
        try await withManager(Workers()) { manager in
            for count in [0, 5] {
                await #expect { _ = try await manager.pool(processes: count) } throws: {
                    raised($0) == "ValueError"
                }
            }
            let pool = try await manager.pool()
            #expect(try await pool.apply("square", to: 3) == 9)
        }
    }

    @Test func aServerWithoutPoolsSaysSo() async throws {
        let manager = try await Manager.start()
        await #expect { _ = try await manager.pool() } throws: {
            ($0 as? ManagerError)?.code == .unknownType
        }
        try await manager.shutdown()
    }

    /// As stock Python uses its own.
    private static let script = """
        import sys
        from multiprocessing.managers import SyncManager
        from multiprocessing import TimeoutError

        def square(x):
            raise NotImplementedError('it is done elsewhere')

        m = SyncManager(address=sys.argv[1], authkey=bytes.fromhex(sys.argv[2]))
        m.connect()
        with m.Pool(2) as pool:
            print(pool.apply(square, (9,)))
            print(pool.map(square, range(5)), pool.map('square', range(5), 2))
            print(pool.starmap('power', [(2, 3), (3, 2)]))
            print(list(pool.imap(square, range(4))), sorted(pool.imap_unordered(square, range(4))))
            result = pool.apply_async(square, (4,))
            print(result.get(timeout=60), result.ready(), result.successful())
            print(pool.map_async(square, [1, 2]).get(), pool.starmap_async('power', [(2, 2)]).get())
            try:
                pool.apply_async('nap', (60.0,)).get(timeout=0.05)
            except TimeoutError:
                print('timeout')
            try:
                pool.map(square, [-1])
            except Exception as error:
                print(type(error).__name__)
        """

    @Test func aStockPythonClientUsesItAsItsOwn() async throws {
        try await withManager(Workers()) { manager in
            guard case .unix(let path) = manager.address else { return }
            let key = manager.authkey.bytes.map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }
            let output = try await Self.python(Self.script, path, key.joined())
            #expect(
                output.split(separator: "\n") == [
                    "81", "[0, 1, 4, 9, 16] [0, 1, 4, 9, 16]", "[8, 9]",
                    "[0, 1, 4, 9] [0, 1, 4, 9]", "16 True True", "[1, 4] [4]", "timeout",
                    "RuntimeError",
                ])
        }
    }

    /// What a script prints, errors included.
    private static func python(_ script: String, _ arguments: String...) async throws -> String {
        try await ChildProgram.run(["python3", "-c", script] + arguments, within: .seconds(120))
            .text
    }
}

import ArgumentParser
import Multiprocessing

/// Small programs that put processes to work.
@main
struct Workshop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Small programs that put processes to work.")

    enum Program: String, ExpressibleByArgument, CaseIterable {
        case files, pingpong, sharedsum, pipeline
    }

    @Argument(help: "Which: files, pingpong, sharedsum or pipeline.")
    var program: Program

    @Argument(help: "How processes are started: spawn, forkserver or fork.")
    var method = "spawn"

    @Argument(help: "The folder whose files are looked at.")
    var folder = "."

    func run() async throws {
        guard let method = StartMethod(rawValue: method) else {
            throw ValidationError("there is no start method \(method)")
        }
        try StartMethod.set(method)
        switch program {
        case .files: try await Files(folder: folder).run()
        case .pingpong: try await PingPong().run()
        case .sharedsum: try await SharedSum().run()
        case .pipeline: try await Pipeline().run()
        }
    }
}

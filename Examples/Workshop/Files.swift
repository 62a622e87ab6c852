import Foundation
import Multiprocessing

/// Goes through the files of a folder with a pool of processes.
struct Files {
    let folder: String

    func run() async throws {
        let manager = FileManager.default
        let names = try manager.subpathsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".swift") }.sorted()
        let measure = Measure(folder: folder)
        let bar = ProgressBar("files")
        let counts = try await withProcessPool(processes: 2) { pool in
            try await pool.map(measure, over: names, chunkSize: 4, progress: bar.show)
        }
        let lines = counts.reduce(0, +)
        let alone = try names.map { try measure($0) }.reduce(0, +)
        print(names.isEmpty ? "no files" : "some files", lines == alone, lines > 0)
    }
}

/// Counts the lines of a file.
struct Measure: PoolTask {
    let folder: String

    func callAsFunction(_ name: String) throws -> Int {
        let data = try Data(contentsOf: URL(filePath: folder).appending(path: name))
        return data.count { $0 == UInt8(ascii: "\n") }
    }
}

import HotPaths

/// Goes along a hot path so many times, for a program that counts instructions (`instructions.py`).
///
///     HotPathCount                    lists the paths
///     HotPathCount 'store get' 1000
@main
struct HotPathCount {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        guard let name = words.first else {
            for path in HotPath.all() { print(path.name) }
            return
        }
        guard let path = HotPath.named(name), let times = words.last.flatMap({ Int($0) }) else {
            print("usage: HotPathCount [PATH TIMES]")
            return
        }
        path.run(times)
    }
}

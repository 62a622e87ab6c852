internal import CLibFuzzer
internal import Foundation

/// Feeds bytes to a decoder: `Fuzz --target=NAME FILE…` runs each file once.
///
/// Linked with libFuzzer, whose `main` then takes the place of this one, it takes libFuzzer's
/// options too and makes up inputs by itself. `Fuzz --target=NAME --seeds=FOLDER GOLDEN…` writes
/// the target's seeds into a folder instead, and `Fuzz --list` the names of all targets.
@main
struct Fuzz {
    static func main() {
        prepare()
        for file in Option.files {
            guard let data = FileManager.default.contents(atPath: file) else {
                fatalError("cannot read \(file)")
            }
            target.run(Array(data))
            print("\(file): passed")
        }
    }

    /// The target that the command line names.
    static let target: any FuzzTarget.Type = {
        let name = Option.value(of: "target") ?? ""
        for target in targets where target.name == name { return target }
        fatalError("--target is one of \(targets.map { $0.name }.joined(separator: " "))")
    }()

    /// All targets. In this order the time is shared out.
    static let targets: [any FuzzTarget.Type] = [
        PickleFuzz.self, FrameFuzz.self, RequestFuzz.self, StoreFuzz.self, LedgerFuzz.self,
        TaggedFuzz.self, ExchangesFuzz.self, OutgoingFuzz.self, HandshakeFuzz.self, KeyFuzz.self,
        AddressFuzz.self,
        LaunchFuzz.self, LuggageFuzz.self,
    ]

    /// Does what `--list` or `--seeds` asks for, and ends the process then.
    fileprivate static func prepare() {
        if Option.isGiven("list") {
            for target in targets { print(target.name) }
            exit(0)
        }
        guard let folder = Option.value(of: "seeds") else { return }
        let golden = Option.files.flatMap(GoldenPickles.read)
        for (number, seed) in target.seeds(golden).enumerated() {
            write(seed, to: "\(folder)/seed\(number)")
        }
        exit(0)
    }

    private static func write(_ seed: [UInt8], to path: String) {
        guard FileManager.default.createFile(atPath: path, contents: Data(seed)) else {
            fatalError("cannot write \(path)")
        }
    }
}

/// libFuzzer's entry: before anything else.
@c(LLVMFuzzerInitialize)
public func prepare(
    _ count: UnsafeMutablePointer<Int32>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> Int32 {
    Fuzz.prepare()
    return 0
}

/// libFuzzer's entry: one input.
@c(LLVMFuzzerTestOneInput)
public func runOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    Fuzz.target.run(unsafe Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}

/// libFuzzer's entry: changes an input in place, and returns how long it is now.
@c(LLVMFuzzerCustomMutator)
public func mutateOne(
    _ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: UInt32
) -> Int {
    var random = SplitMix(seed: UInt64(seed))
    let buffer = unsafe UnsafeMutableBufferPointer(start: data, count: limit)
    guard Fuzz.target.isMadeOfInstructions, random.next() & 1 == 0 else {
        return unsafe LLVMFuzzerMutate(data, count, limit)
    }
    var mutator = PickleMutator(unsafe Array(buffer.prefix(count)), random)
    let mutated = mutator.mutate().prefix(limit)
    _ = unsafe buffer.update(fromContentsOf: mutated)
    return mutated.count
}

/// The words of the command line.
enum Option {
    /// Of `--name=value` the value.
    static func value(of name: String) -> String? {
        CommandLine.arguments.first { $0.hasPrefix("--\(name)=") }
            .map { String($0.dropFirst(name.count + 3)) }
    }

    /// Whether `--name` stands there.
    static func isGiven(_ name: String) -> Bool { CommandLine.arguments.contains("--\(name)") }

    /// What is no option.
    static var files: [String] {
        CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("-") }
    }
}

internal import Connections
internal import Processes

/// The frame that tells a child process what it is: it is refused with an error, or means the same
/// when it is written again. Which type a name stands for is not asked: that is the Swift runtime's
/// matter, and the frame comes from the process that has started this one.
enum LaunchFuzz: FuzzTarget {
    static let name = "launch"
    static let isMadeOfInstructions = true

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        golden.map { pickle in
            let header = pickle.count > 11 && pickle[0] == 0x80 && pickle[2] == 0x95 ? 11 : 2
            let value = pickle.first == 0x80 ? pickle.dropFirst(header) : pickle[...]
            return [0x80, 4, 0x8C, 3] + Array("4A1B".utf8.prefix(3)) + value.dropLast() + [
                0x86, 0x2E,
            ]
        }
    }

    static func run(_ input: [UInt8]) {
        guard let launch = read(input) else { return }
        guard let again = read(launch.frame) else {
            fatalError("FINDING: a launch cannot be read again")
        }
        // Of the second writing: the first may hold steps that do nothing.
        guard let third = read(again.frame) else {
            fatalError("FINDING: a launch cannot be read a third time")
        }
        claim(third.frame == again.frame, "a launch stays what it is")
    }

    private static func read(_ frame: [UInt8]) -> Launch? {
        do throws(ProcessError) {
            return try Launch(frame, Luggage())
        } catch {
            claim(error.code == .encoding, "a launch is refused as such: \(error)")
            return nil
        }
    }
}

import Connections
import Foundation
import Processes

/// Sends back what it was made of, and what it receives.
struct Echo: ProcessMain, Codable {
    let text: String

    func main(_ parent: ParentLink) throws {
        try parent.send(Array(text.utf8))
        while true { try parent.send(try parent.receive()) }
    }
}

/// Ends with an error.
struct Failing: ProcessMain, Codable {
    struct Reason: Error {}

    func main(_ parent: ParentLink) throws { throw Reason() }
}

/// Runs a task on Swift's own threads, and ends well if that worked.
struct Concurrent: ProcessMain, Codable {
    func main(_ parent: ParentLink) throws {
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            await withTaskGroup { group in
                for number in 0..<100 { group.addTask { number } }
                try? parent.send(Array("\(await group.reduce(0, +))".utf8))
            }
            done.signal()
        }
        done.wait()
    }
}

/// Tells what it has inherited: its descriptors, and whether its environment names a child.
struct Inheritance: ProcessMain, Codable {
    func main(_ parent: ParentLink) throws {
        let files = FileManager.default
        let open = try files.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int.init)
            // Reading the folder takes one too.
            .filter { (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) != nil }
            .sorted()
        let named = ProcessInfo.processInfo.environment.keys.filter { $0.contains("_CHILD") }
        try parent.send(Array("\(open) \(named)".utf8))
    }
}

/// Starts a child of its own that waits for its end, tells its process number, and waits too.
struct Ancestor: ProcessMain, Codable {
    func main(_ parent: ParentLink) throws {
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            let child = try await LaunchedProcess.start(Echo(text: "grandchild"))
            _ = try await child.link.receive()
            try parent.send(Array("\(child.identifier)".utf8))
            _ = try await child.wait()
            done.signal()
        }
        done.wait()
    }
}

/// Takes no notice of anything but SIGKILL.
struct Stubborn: ProcessMain, Codable {
    func main(_ parent: ParentLink) throws {
        signal(SIGTERM, SIG_IGN)
        try parent.send([1])
        while true { sleep(1000) }
    }
}

/// A generic one, as any type that can be named.
struct Boxed<Value: Codable & Sendable>: ProcessMain, Codable {
    let value: Value

    func main(_ parent: ParentLink) throws {
        try parent.send(Array("\(Self.self): \(value)".utf8))
    }
}

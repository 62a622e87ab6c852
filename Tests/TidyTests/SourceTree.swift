import Foundation

/// The files of the repository this test was built from.
struct SourceTree {
    let root: URL
    let files: [SourceFile]

    static let repository = SourceTree(
        root: URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent())

    /// Folders of build products and of other programs.
    private static let ignoredPrefixes = [
        ".build", ".git", ".swiftpm", "__pycache__", "Package.resolved",
    ]
    private static let textExtensions: Set<String> = [
        "swift", "c", "h", "py", "sh", "md", "modulemap", "yml", "json", "txt", "",
    ]

    init(root: URL) {
        self.root = root
        var files: [SourceFile] = []
        Self.collect(folder: root, prefix: "", into: &files)
        self.files = files.sorted { $0.path < $1.path }
    }

    func files(_ language: SourceFile.Language) -> [SourceFile] {
        files.filter { $0.language == language }
    }

    private static func collect(folder: URL, prefix: String, into files: inout [SourceFile]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where !isIgnored(name) {
            let url = folder.appending(path: name)
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
                continue
            }
            if isFolder.boolValue {
                collect(folder: url, prefix: path, into: &files)
            } else if textExtensions.contains(url.pathExtension),
                let data = try? Data(contentsOf: url)
            {
                files.append(SourceFile(path: path, bytes: Array(data)))
            }
        }
    }

    /// `.gitignore` itself is a file to look at; the folder `.git` is not.
    private static func isIgnored(_ name: String) -> Bool {
        name != ".gitignore" && ignoredPrefixes.contains { name.hasPrefix($0) }
    }
}

/// A piece of what every call of a manager costs, to be measured alone.
///
/// It lives in the main package, because another package does not see what `package` means, and the
/// main package need not know what measures it.
public final class HotPath {
    /// What it is called in the list of thresholds.
    public let name: String
    private let prepare: () -> (Int) -> Void
    private lazy var body = prepare()

    /// - Parameter prepare: makes what is needed, and gives what goes along the path so many times.
    init(_ name: String, _ prepare: @escaping () -> (Int) -> Void) {
        self.name = name
        self.prepare = prepare
    }

    /// Goes along it so many times. Whatever comes out is checked.
    ///
    /// What is needed is made the first time.
    public func run(_ times: Int) {
        body(times)
    }

    /// All there are, each with a state of its own.
    public static func all() -> [HotPath] {
        ScanPath.all + FramePath.all + StorePath.all + PicklePath.all
    }

    /// The one of that name.
    public static func named(_ name: String) -> HotPath? {
        all().first { $0.name == name }
    }
}

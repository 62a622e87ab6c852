internal import Pickle

/// A parameter of an exposed method, by the name under which clients may give it.
///
/// ```swift
/// $0.expose("scale", Maths.scale, arguments: ["number", Parameter("factor", default: 2)])
/// ```
///
/// Python: `maths.scale(number=3)`.
public struct Parameter: Sendable, ExpressibleByStringLiteral {
    /// The name.
    public let name: String
    /// What a method is given where a client leaves it out.
    let standIn: StandIn?

    /// Something that is given for what is left out.
    enum StandIn: Sendable {
        case value(PickledValue)
        /// It could not be encoded.
        case unusable(String)
    }

    /// A parameter that clients must give, unless its type is an `Optional`.
    public init(_ name: String) {
        self.name = name
        standIn = nil
    }

    /// A parameter that clients may leave out.
    public init(_ name: String, default value: some Encodable) {
        self.name = name
        do {
            standIn = .value(PickledValue(body: try PickleEncoder().body(value)))
        } catch {
            standIn = .unusable("\(error)")
        }
    }

    /// A parameter that clients must give, unless its type is an `Optional`.
    public init(stringLiteral name: String) {
        self.init(name)
    }
}

/// How a registered method, or the maker of a type, is called.
struct ParameterList: Sendable {
    /// The name that messages use: `Maths.add`.
    let display: String
    /// The parameters, nil where they have no names.
    let parameters: [Parameter]?

    /// - Parameter type: the types of what the method takes.
    init<each Argument>(
        _ display: String, _ parameters: [Parameter]?, of type: repeat (each Argument).Type
    ) {
        var count = 0
        for _ in repeat each type { count += 1 }
        if let parameters {
            precondition(
                parameters.count == count,
                "\(display) has \(count) parameters, and \(parameters.count) are named")
            precondition(
                Set(parameters.map(\.name)).count == count,
                "the parameters of \(display) have different names")
        }
        self.display = display
        self.parameters = parameters
    }

    /// How messages name the parameter at a place.
    func name(at place: Int) -> String {
        guard let parameters else { return "\(place + 1)" }
        return "'\(parameters[place].name)'"
    }
}

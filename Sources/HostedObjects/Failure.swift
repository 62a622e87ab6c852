package import Pickle

/// Why a request failed, as Python is told.
package struct Failure: Error, Sendable, Hashable {
    /// How the failure travels.
    package enum Form: Sendable {
        /// `#ERROR`: the method raised; the client raises the same class with the same arguments.
        case raised
        /// `#TRACEBACK`: the request did not reach a method; the client raises RemoteError(text).
        case traceback
        /// `#UNSERIALIZABLE`: the result cannot travel; the client raises RemoteError(text).
        case unserializable
    }

    package var form = Form.raised
    /// The module of the exception's class.
    package var module = "builtins"
    /// The name of the exception's class.
    package var name: String
    /// The exception's `args`.
    package var arguments: [PickledValue]
    /// What stands in a traceback behind the class's name.
    package var text: String
    /// The `name` of an AttributeError that came from reading.
    var attributeName: PickledValue?
    /// The type of the Swift error that was thrown, for those who ask the exception for its
    /// `swift_type`.
    package var swiftType: String?
    /// Which limit was reached, if one was.
    var limit: StoreLimit?
    /// Whether the caller may not do what was asked.
    var isRefusal = false
    /// What a program branches on where the class alone does not tell: the exception's `code`.
    var code: String?
    /// The line of an exception that was being handled when this one came.
    var context: String?

    /// An exception with one text.
    package init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
        arguments = [.str(text)]
    }

    /// An exception without arguments, of any module.
    package init(module: String, name: String) {
        self.module = module
        self.name = name
        text = ""
        arguments = []
    }

    /// `KeyError(key)`.
    package init(missingKey key: PickledValue) {
        name = "KeyError"
        text = (try? key.decoded().repr()) ?? "…"
        arguments = [key]
    }

    /// A pickle that cannot be read, or a value without the needed property.
    package init(_ error: PickleError) {
        switch error.code {
        case .unhashable, .unorderable: self.init("TypeError", error.reason)
        case .limitExceeded:
            self.init("ValueError", error.reason)
            limit = .pickles
        default:
            self.init(module: "_pickle", name: "UnpicklingError")
            text = error.reason
            arguments = [.str(error.reason)]
        }
    }

    package static func type(_ text: String) -> Failure { Failure("TypeError", text) }
    package static func value(_ text: String) -> Failure { Failure("ValueError", text) }
    package static func index(_ text: String) -> Failure { Failure("IndexError", text) }
    package static func runtime(_ text: String) -> Failure { Failure("RuntimeError", text) }
    package static func overflow(_ text: String) -> Failure { Failure("OverflowError", text) }

    /// A result that cannot travel.
    package static func unpicklable(_ type: String) -> Failure {
        var failure = Failure("TypeError", "cannot pickle '\(type)' object")
        failure.form = .unserializable
        return failure
    }

    /// The same failure as one that befell the request and not the method. A refusal stays what it
    /// is: who is told may catch it, whatever was asked.
    package func asTraceback() -> Failure {
        guard !isRefusal else { return self }
        var failure = self
        failure.form = .traceback
        return failure
    }
}

extension Failure {
    /// Writes the reply's two parts, `kind` and result.
    func write(to writer: inout BodyWriter) {
        switch form {
        case .raised:
            writer.str("#ERROR")
            writer.global(module, name)
            writer.tuple(arguments)
            writer.append(.reduce)
            writeState(to: &writer)
        case .traceback:
            writer.str("#TRACEBACK")
            writer.str(traceback)
        case .unserializable:
            writer.str("#UNSERIALIZABLE")
            writer.str(traceback)
        }
    }

    /// The state that an AttributeError has since Python 3.12, or what else is known of the error.
    private func writeState(to writer: inout BodyWriter) {
        for (name, text) in [("swift_type", swiftType), ("code", code)] {
            guard let text else { continue }
            writer.append(.emptyDict)
            writer.append(.mark)
            writer.str(name)
            writer.str(text)
            writer.append(.setItems)
            writer.append(.build)
        }
        guard let attributeName else { return }
        writer.append(.emptyDict)
        writer.append(.mark)
        writer.str("name")
        writer.body(attributeName)
        writer.str("args")
        writer.tuple(arguments)
        writer.append(.setItems)
        writer.append(.build)
    }

    /// A text in the form of Python's `traceback.format_exc()`.
    private var traceback: String {
        let head = "Traceback (most recent call last):\n  swift-multiprocessing manager\n"
        guard let context else { return "\(head)\(line)\n" }
        return "\(head)\(context)\n\nDuring handling of the above exception, "
            + "another exception occurred:\n\n\(head)\(line)\n"
    }

    /// The last line of a traceback.
    var line: String {
        let qualified = module == "builtins" ? name : "\(module).\(name)"
        return text.isEmpty ? qualified : "\(qualified): \(text)"
    }
}

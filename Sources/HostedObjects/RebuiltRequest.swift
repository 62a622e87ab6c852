import Pickle

/// A request in an unusual form, decoded and written anew: no part refers to another, `args` is a
/// tuple and `kwds` a dict.
struct RebuiltRequest {
    /// The request's pickle.
    private(set) var bytes: [UInt8] = []
    /// The ident and the method's name, where they are str.
    let ident: String?
    let method: String?
    /// Where the parts stand in `bytes`.
    private(set) var identSlice = PickleSlice.absent
    private(set) var methodSlice = PickleSlice.absent
    private(set) var positionalSlices: [PickleSlice] = []
    private(set) var keywordSlices: [PickleSlice] = []
    /// What is wrong with `args` or `kwds`; they are empty then.
    private(set) var misfit: Misfit?

    /// An `args` that cannot be iterated over, or a `kwds` that is no mapping, by its type's name.
    enum Misfit {
        case arguments(String)
        case keywords(String)
    }

    /// - Throws: what Python raises where it is not four parts.
    init(_ frame: UnsafeRawBufferPointer) throws(Failure) {
        let request: PickleValue
        do {
            request = try unsafe PickleValue(pickle: Array(frame))
        } catch {
            throw Failure(error)
        }
        var expansion = Expansion(of: request)
        let parts = try Self.parts(of: request, &expansion)
        ident = parts[0].string
        method = parts[1].string
        let positional = try arguments(parts[2], &expansion)
        let keywords = keywords(parts[3])
        guard max(positional.count, keywords.count) <= RequestScanner.argumentLimit else {
            throw .value("over the limit: \(RequestScanner.argumentLimit) arguments")
        }
        var writer = BodyWriter()
        writer.append(.proto)
        writer.append(byte: 4)
        writer.append(.mark)
        identSlice = Self.place(parts[0], PickledValue(parts[0]), &writer)
        methodSlice = Self.place(parts[1], PickledValue(parts[1]), &writer)
        writer.append(.mark)
        for value in positional {
            positionalSlices.append(
                Self.place(try value.decodedOrFailure(), value, &writer))
        }
        writer.append(.tuple)
        writer.append(.emptyDict)
        writer.append(.mark)
        for (name, value) in keywords {
            for part in [name, value] {
                let body = try expansion.item(part)
                keywordSlices.append(Self.place(part, body, &writer))
            }
        }
        writer.append(.setItems)
        writer.append(.tuple)
        writer.append(.stop)
        bytes = writer.bytes
    }

    /// Writes a part, and notes where it stands.
    private static func place(
        _ value: PickleValue, _ body: PickledValue, _ writer: inout BodyWriter
    ) -> PickleSlice {
        let start = writer.count
        writer.body(body)
        return PickleSlice(body: value, start: start, end: writer.count)
    }

    /// `ident, method, args, kwds = request`
    private static func parts(
        of request: PickleValue, _ expansion: inout Expansion
    ) throws(Failure) -> [PickleValue] {
        let parts: [PickledValue]
        do throws(Failure) {
            parts = try request.elements(&expansion)
        } catch  where error.isNotIterable {
            throw .type("cannot unpack non-iterable \(request.nameOfType) object")
        }
        guard parts.count >= 4 else {
            throw .value("not enough values to unpack (expected 4, got \(parts.count))")
        }
        guard parts.count == 4 else { throw .value("too many values to unpack (expected 4)") }
        var values: [PickleValue] = []
        for part in parts { values.append(try part.decodedOrFailure()) }
        return values
    }

    /// `*args`: anything that can be iterated over.
    private mutating func arguments(
        _ value: PickleValue, _ expansion: inout Expansion
    ) throws(Failure) -> [PickledValue] {
        do throws(Failure) {
            return try value.elements(&expansion)
        } catch  where error.isNotIterable {
            misfit = .arguments(value.nameOfType)
            return []
        }
    }

    /// `**kwds`: any mapping.
    private mutating func keywords(
        _ value: PickleValue
    ) -> [(key: PickleValue, value: PickleValue)] {
        guard let items = value.mappingItems else {
            misfit = misfit ?? .keywords(value.nameOfType)
            return []
        }
        return items
    }
}

extension ObjectStore {
    /// Why a call cannot be made with such arguments, if nothing else is wrong with it.
    func misfit(_ request: RebuiltRequest, isServing: Bool) -> Failure? {
        guard let misfit = request.misfit, let method = request.method else { return nil }
        guard isServing else {
            guard Self.verbs.contains(method) else { return nil }
            let server = "multiprocessing.managers.Server.\(method)()"
            switch misfit {
            case .arguments(let type):
                return .type("Value after * must be an iterable, not \(type)").asTraceback()
            case .keywords(let type):
                return .type("\(server) argument after ** must be a mapping, not \(type)")
                    .asTraceback()
            }
        }
        guard let object = request.ident.flatMap({ ObjectID($0) }).flatMap({ call.table[$0] }),
            object.exposed.contains(method)
        else { return nil }
        let name = "\(object.typeName).\(method)()"
        switch misfit {
        case .arguments(let type):
            return .type("\(name) argument after * must be an iterable, not \(type)")
        case .keywords(let type):
            return .type("\(name) argument after ** must be a mapping, not \(type)")
        }
    }
}

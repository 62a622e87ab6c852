/// A declaration of a Swift source, found by its keyword.
struct Declaration: Equatable {
    let kind: String
    let name: String
    /// The line of the keyword, counted from 0.
    let line: Int
    /// The line of the brace that closes its body, if it has one.
    var lastLine: Int?
    /// Whether users of the library see it: `public`, `open`, or by way of what it stands in.
    let isPublic: Bool

    var isFunction: Bool {
        ["func", "init", "deinit", "subscript", "var", "let"].contains(kind)
    }
}

/// What a Swift source declares.
struct Outline {
    /// Every function, and every other declaration that is not local to one.
    let declarations: [Declaration]
    /// The lines, counted from 0, of each `#if` inside a function.
    let conditionsInFunctions: [Int]

    init(_ tokens: [Token]) {
        var finder = DeclarationFinder(tokens: tokens)
        finder.run()
        declarations = finder.declarations
        conditionsInFunctions = finder.conditionsInFunctions
    }
}

private struct DeclarationFinder {
    private struct Scope {
        /// The declaration whose body this is.
        let declaration: Int?
        let kind: String
        let isPublic: Bool
        /// How many parentheses and brackets were open around it.
        let parentheses: Int
    }

    private static let types: Set<String> = [
        "struct", "class", "enum", "actor", "protocol", "extension",
    ]
    private static let members: Set<String> = ["var", "let", "typealias", "associatedtype"]
    private static let functions: Set<String> = ["func", "init", "deinit", "subscript"]
    private static let statements: Set<String> = [
        "if", "for", "while", "switch", "do", "guard", "return", "defer", "repeat", "import",
    ]
    private static let accessLevels: Set<String> = [
        "public", "open", "package", "internal", "private", "fileprivate",
    ]

    let tokens: [Token]
    var declarations: [Declaration] = []
    var conditionsInFunctions: [Int] = []
    private var scopes: [Scope] = []
    private var access: String?
    private var pending: Int?
    private var parentheses = 0

    init(tokens: [Token]) { self.tokens = tokens }

    mutating func run() {
        for index in tokens.indices {
            switch tokens[index].text {
            case "(", "[": parentheses += 1
            case ")", "]": parentheses -= 1
            case "{": open()
            case "}": close(line: tokens[index].line)
            case "#" where next(index) == "if": noteCondition(line: tokens[index].line)
            default: if parentheses == 0, tokens[index].isWord { word(at: index) }
            }
        }
    }

    private func next(_ index: Int) -> String {
        index + 1 < tokens.count ? tokens[index + 1].text : ""
    }

    private mutating func open() {
        let declaration = parentheses == 0 ? pending : nil
        let kind = declaration.map { declarations[$0].kind } ?? "block"
        let isPublic = declaration.map { declarations[$0].isPublic } ?? false
        scopes.append(
            Scope(
                declaration: declaration, kind: kind, isPublic: isPublic, parentheses: parentheses))
        parentheses = 0
        pending = nil
        access = nil
    }

    private mutating func close(line: Int) {
        guard let scope = scopes.popLast() else { return }
        if let declaration = scope.declaration { declarations[declaration].lastLine = line }
        parentheses = scope.parentheses
        if parentheses == 0 { pending = nil }
        access = nil
    }

    private mutating func noteCondition(line: Int) {
        let isInside = scopes.contains { scope in
            scope.declaration.map { declarations[$0].isFunction } ?? false
        }
        if isInside { conditionsInFunctions.append(line) }
    }

    private mutating func word(at index: Int) {
        let text = tokens[index].text
        if index > 0, tokens[index - 1].text == "." { return }
        if Self.accessLevels.contains(text) {
            if next(index) != "(" { access = text }
        } else if Self.statements.contains(text) {
            pending = nil
            access = nil
        } else if isDeclaration(text, next: next(index)) {
            declare(text, at: index)
        }
    }

    private func isDeclaration(_ text: String, next: String) -> Bool {
        let scope = scopes.last?.kind
        let isMember = scope == nil || Self.types.contains(scope ?? "")
        if text == "case" { return scope == "enum" }
        if text == "init" { return isMember && ["(", "?", "<"].contains(next) }
        if text == "class" || text == "actor" { return next.first?.isUppercase ?? false }
        return Self.functions.contains(text) || Self.types.contains(text)
            || (isMember && Self.members.contains(text))
    }

    private mutating func declare(_ kind: String, at index: Int) {
        let scope = scopes.last
        let inherits = scope?.kind == "protocol" || scope?.kind == "extension" || kind == "case"
        let isPublic =
            access.map { $0 == "public" || $0 == "open" }
            ?? (inherits && scope?.isPublic ?? false)
        pending = declarations.count
        let name = ["init", "deinit", "subscript"].contains(kind) ? kind : next(index)
        declarations.append(
            Declaration(kind: kind, name: name, line: tokens[index].line, isPublic: isPublic))
        access = nil
    }
}

package struct ProxyReference { package var ident: String }
extension PickleValue {
    package var proxyReferences: [ProxyReference] { [] }
    package func key() throws(PickleError) -> [UInt8] { [0] }
    package func repr() -> String { "?" }
    package var typeName: String { "?" }
    package var isTrue: Bool { true }
    package func body() -> [UInt8] { [] }
    package var tokenIdent: String? { nil }
}

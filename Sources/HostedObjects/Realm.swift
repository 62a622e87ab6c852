/// What decides who may do what with an object: its name or its type, and whose it is. One that
/// comes out of another, as an iterator out of a dict, is of that one's realm.
final class Realm: Sendable {
    /// The name under which everybody finds it.
    let name: String?
    let typeid: String
    /// Who has made it.
    let owner: PrincipalID?
    /// Who alone may use it: an iterator is its caller's.
    let holder: PrincipalID?

    init(
        name: String? = nil, typeid: String, owner: PrincipalID? = nil, holder: PrincipalID? = nil
    ) {
        self.name = name
        self.typeid = typeid
        self.owner = owner
        self.holder = holder
    }

    /// What somebody with these rights may do.
    func access(of principal: PrincipalID, _ rights: Rights) -> Rights.Access {
        if let holder, holder != principal { return [] }
        if let name { return rights.names[name].intersection(.whole) }
        let access = rights.types[typeid]
        if access.contains(.making), owner == principal { return .whole }
        return access.intersection(.whole)
    }
}

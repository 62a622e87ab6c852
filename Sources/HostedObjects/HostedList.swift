import Pickle
final class HostedList: HostedObject { static let typeName = "list"; var id = ObjectID.none
  init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {}
  static let methods = MethodTable<HostedList>([])
  func value(_ call: inout Call) throws(Failure) {}
  func repr(_ call: inout Call) throws(Failure) -> String { "" } }
typealias HostedNamespace = HostedList
typealias HostedValue = HostedList
enum Representation { static func join(_ x: some Sequence<[PickledValue]>, opening: String, closing: String, between: String) throws(Failure) -> String { "" } }
extension Arguments { func pairs(_ s: PickleSlice, _ call: inout Call) throws(Failure) -> [(PickledValue, PickledValue)] { [] } }

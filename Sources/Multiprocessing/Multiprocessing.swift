// All of the library under one name: `import Multiprocessing`.
@_exported public import Connections
@_exported public import Managers
@_exported public import Pickle
@_exported public import Processes
@_exported public import Sockets

"""multiprocessing.connection.Client, and so managers, over TLS: call use_tls before connecting."""
import socket
from multiprocessing import connection


class SecuredConnection(connection.Connection):
    def __init__(self, tls):
        super().__init__(tls.fileno())
        self._tls, self._close = tls, tls.close

    def _send(self, data, write=None):
        self._tls.sendall(data)

    def _recv(self, size, read=None):
        return super()._recv(size, lambda handle, count: self._tls.recv(count))

    def _poll(self, timeout):
        return self._tls.pending() > 0 or super()._poll(timeout)


def use_tls(context, name=None):
    """From now on connects as an ssl.SSLContext says; name is the server's, if not its host's."""
    def client(address):
        host = name or ("localhost" if isinstance(address, str) else address[0])
        bare = socket.socket(getattr(socket, connection.address_type(address)))
        bare.connect(address)
        return SecuredConnection(context.wrap_socket(bare, server_hostname=host))
    connection.SocketClient = client

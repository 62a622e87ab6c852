"""Uses a queue behind TLS: client.py ADDRESS KEYFILE FOLDER_OF_CERTIFICATES [client's NAME]"""
import ssl
import sys
from multiprocessing.managers import SyncManager
from secured import use_tls


class Manager(SyncManager):
    """Knows what the server shares."""


Manager.register("jobs")


def connect(address, keyfile, certs, name=None):
    context = ssl.create_default_context(cafile=certs + "/ca.pem")
    if name:
        context.load_cert_chain(f"{certs}/{name}.pem", f"{certs}/{name}.key")
    use_tls(context)
    if address.startswith("tls+unix://"):
        place = address[len("tls+unix://"):]
    else:
        host, _, port = address[len("tls://"):].rpartition(":")
        place = (host, int(port))
    with open(keyfile, "rb") as file:
        manager = Manager(place, file.read())
    manager.connect()
    return manager


if __name__ == "__main__":
    try:
        jobs = connect(*sys.argv[1:]).jobs()
        jobs.put({"what": "a secret", "bytes": b"\x00" * 1_000_000})
        print("queued:", jobs.qsize())
        print("taken:", jobs.get()["what"])
    except OSError as error:
        print("refused:", type(error).__name__)

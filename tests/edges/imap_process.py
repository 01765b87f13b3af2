"""
A pymap server as a process of its own, in memory: `python -m tests.edges.imap_process '{"users": {"name": "password"}}'`.

Prints its port when it is ready, and ends when its standard input does: it never outlives the test that started it.
"""

import asyncio
import json
import os
import ssl
import sys
from argparse import Namespace
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Identity, Login
from pymap.imap import IMAPServer
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext


async def serve(given: dict[str, Any]) -> None:
    """Serve these users until nobody holds our standard input."""
    tls, files = given.get("tls", "none"), given.get("certificate")
    context = None
    if files:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*files)
    args = Namespace(passlib_cfg=None, proxy_protocol=None, debug=False)
    more = {"ssl_context": context} if context else {}
    config = Config(
        args, host=None, port=0, tls_enabled=tls == "starttls", demo_data=False, demo_user="", demo_password="",
        hash_context=Cleartext(), invalid_user_sleep=0, **more,
    )  # fmt: skip
    login = Login(config)
    for name, password in given["users"].items():
        await Identity(name, login, None, frozenset()).set(UserMetadata(config, name, password=password))
    config.apply_context()
    answer = ProxyProtocolReader(config.proxy_protocol).get_callback(
        IMAPServer(DictBackend(login, config).login, config)
    )
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context if tls == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 64) or ended.set())
    await ended.wait()
    os._exit(0)  # connections may still be open: there is nothing to keep


if __name__ == "__main__":
    os.environ["FQDN"] = "mail.test"  # the greeting names it, and looking it up may take seconds
    asyncio.run(serve(json.loads(sys.argv[1])))

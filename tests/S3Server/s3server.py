"""Serves S3 at 127.0.0.1 out of a folder: OpenStack Swift with its s3api, all its servers in one process.

Usage: s3server.py FOLDER PORT. Says "ready" once it serves. Access key "test:tester", secret key "testing".
"""
import array
import os
import sys

import eventlet
import eventlet.event
import eventlet.wsgi

eventlet.monkey_patch()

from swift.account.server import AccountController
from swift.common import utils
from swift.common.http_protocol import SwiftHttpProtocol
from swift.common.middleware import copy, gatekeeper, listing_formats, slo, tempauth
from swift.common.middleware.s3api import s3api
from swift.common.ring import RingData
from swift.container.server import ContainerController
from swift.obj.server import ObjectController
from swift.proxy.server import Application


class Cache(dict):
    """What memcached keeps for a Swift of several processes."""

    def __call__(self, app):
        def filtered(environment, start_response):
            environment["swift.cache"] = self
            return app(environment, start_response)
        return filtered

    def __bool__(self):
        # An empty one is one, too.
        return True

    def get(self, key, raise_on_error=False):
        return dict.get(self, key)

    def set(self, key, value, **options):
        self[key] = value

    def incr(self, key, delta=1, **options):
        self[key] = dict.get(self, key, 0) + delta
        return self[key]

    def delete(self, key, **options):
        self.pop(key, None)


def serve(port, app):
    socket = eventlet.listen(("127.0.0.1", port))
    eventlet.spawn(eventlet.wsgi.server, socket, app, open(os.devnull, "w"), protocol=SwiftHttpProtocol, capitalize_response_headers=False)
    return socket.getsockname()[1]


def main(folder, port):
    os.makedirs(os.path.join(folder, "devices", "disk"), exist_ok=True)
    with open(os.path.join(folder, "swift.conf"), "w") as file:
        file.write("[swift-hash]\nswift_hash_path_suffix = tests\n")
    utils.set_swift_dir(folder)
    conf = {"swift_dir": folder, "devices": os.path.join(folder, "devices"), "mount_check": "false", "recon_cache_path": folder, "workers": "0"}
    # One copy of everything on one disk.
    for name, controller in (("account", AccountController), ("container", ContainerController), ("object", ObjectController)):
        backend = serve(0, controller(conf))
        device = {"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": "127.0.0.1", "port": backend,
                  "replication_ip": "127.0.0.1", "replication_port": backend, "device": "disk", "meta": ""}
        RingData([array.array("H", [0] * 4)], [device], 30).save(os.path.join(folder, name + ".ring.gz"))
    app = Application(dict(conf, account_autocreate="true", allow_account_management="true"))
    for factory, options in (
            (slo.filter_factory, {}), (copy.filter_factory, {}),
            (tempauth.filter_factory, {"user_test_tester": "testing .admin"}),
            (s3api.filter_factory, {"location": "us-east-1", "auth_pipeline_check": "false"}),
            (listing_formats.filter_factory, {}), (gatekeeper.filter_factory, {})):
        app = factory(conf, **options)(app)
    serve(port, Cache()(app))
    print("ready", flush=True)
    eventlet.event.Event().wait()


main(sys.argv[1], int(sys.argv[2]))

"""Uses a server as OWSLib's users do: lists, describes, executes in both modes, watches, fetches results.

Arguments: the server's address. Prints what it found as JSON.
"""

import json
import sys
import time

import requests
from owslib.ogcapi.processes import Processes


def main(url):
    server = Processes(url)
    found = {"links": [link["rel"] for link in server.links], "openapi": server.api()["openapi"]}
    found["conformsTo"] = server.conformance()["conformsTo"]
    found["processes"] = [process["id"] for process in server.processes()["processes"]]
    found["title"] = server.process("echo")["title"]

    # OWSLib 0.27 has no execute: its users send it with the library below it, requests, and OWSLib's own headers.
    execution = server._build_url("processes/echo/execution")
    execute = {"inputs": {"message": "teststring", "pause": 1}}
    sync = requests.post(execution, json=execute, headers=server.headers, timeout=60)
    found["sync"] = [sync.status_code, sync.json()]

    made = requests.post(execution, json=execute, headers={**server.headers, "Prefer": "respond-async"}, timeout=60)
    found["async"] = made.status_code
    job = made.headers["Location"][len(server.url):]
    statuses = []
    while not statuses or statuses[-1] in ("accepted", "running"):
        status = server._request(job)["status"]
        if not statuses or statuses[-1] != status:
            statuses.append(status)
        time.sleep(0.1)
    found["statuses"] = statuses
    found["results"] = server._request(job + "/results")
    found["jobs"] = [one["jobID"] for one in server._request("jobs", kwargs={"limit": 1})["jobs"]]
    found["job"] = made.json()["jobID"]
    try:
        server.process("none")
    except RuntimeError as refused:
        found["none"] = json.loads(str(refused))["type"]
    print(json.dumps(found))


main(sys.argv[1])

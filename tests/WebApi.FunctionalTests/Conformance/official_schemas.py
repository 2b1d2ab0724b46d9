"""Measures JSON documents by the official schemas of OGC API - Processes.

Arguments: the bundles of schemas. Each line of input is {"schema": URI, "document": …};
its answer is one line, a JSON array of what is wrong.
"""

import json
import sys

from jsonschema import Draft202012Validator, RefResolver
from jsonschema.exceptions import relevance


def anchored(schema, base):
    """The schema with absolute references only: the resolver can't join a fragment to a URN."""
    if isinstance(schema, list):
        return [anchored(item, base) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: base + value if key == "$ref" and isinstance(value, str) and value.startswith("#") else anchored(value, base)
        for key, value in schema.items()
    }


def told(error):
    """What is wrong, in the branch of each anyOf and oneOf that comes closest."""
    while error.context:
        error = min(error.context, key=relevance)
    return f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:500]}"


def main():
    bundles = {}
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            bundle = json.load(file)
        bundles[bundle["$id"]] = anchored(bundle, bundle["$id"])
    resolver = RefResolver("", {}, store=bundles)
    for line in sys.stdin:
        request = json.loads(line)
        validator = Draft202012Validator({"$ref": request["schema"]}, resolver=resolver)
        print(json.dumps([told(error) for error in validator.iter_errors(request["document"])]), flush=True)


main()

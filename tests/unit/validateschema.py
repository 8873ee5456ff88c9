#!/usr/bin/env python3
"""Validates YAML files with a JSON Schema, as an editor does.

validateschema.py SCHEMA FILE...     prints one line of JSON for each file: {"file": .., "errors": ["path: reason", ..]}
Exit status: 0 whatever was found, 77 where python3-jsonschema or python3-yaml is missing.
"""
import json
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(77)


class Loader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: no dates, no base 60, true and false alone are boolean, keys are text."""

    def construct_mapping(self, node, deep=False):
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("tag:yaml.org,2002:merge", r"^<<$", "<"),
):
    Loader.add_implicit_resolver(tag, re.compile(pattern), list(first))
Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value, 10))
Loader.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node))


def errors_of(validator, path):
    with open(path, encoding="utf-8") as file:
        try:
            tree = yaml.load(file, Loader)
        except yaml.YAMLError as error:
            return ["not YAML: " + str(error).replace("\n", " ")]
    found = []
    for error in validator.iter_errors(tree):
        best = jsonschema.exceptions.best_match([error])
        found.append(".".join(str(step) for step in best.absolute_path) + ": " + best.message[:200])
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for path in sys.argv[2:]:
        print(json.dumps({"file": path, "errors": errors_of(validator, path)}))


main()

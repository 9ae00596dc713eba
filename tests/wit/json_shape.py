"""Rewrites the JSON of resolved WIT so that it says the same whatever the ids are."""

import json


class Shape:
    def __init__(self, text):
        self.all = json.loads(text)
        self.types = {}

    def packages(self):
        """By name, each with all ids replaced by what they stand for."""
        result = {}
        for package in self.all["packages"]:
            result[package["name"]] = {
                **package,
                "interfaces": {name: self.interface(id) for name, id in package["interfaces"].items()},
                "worlds": {name: self.world(id) for name, id in package["worlds"].items()},
            }
        return result

    def package_name(self, item):
        return self.all["packages"][item["package"]]["name"]

    def interface_name(self, id):
        found = self.all["interfaces"][id]
        return f"{self.package_name(found)}/{found['name']}" if found["name"] else "inline"

    def type(self, id):
        if not isinstance(id, int):
            return id
        if id not in self.types:
            shape = dict(self.all["types"][id])
            owner = shape["owner"] or {}
            if "interface" in owner:
                shape["owner"] = self.interface_name(owner["interface"])
            elif "world" in owner:
                shape["owner"] = "world " + self.all["worlds"][owner["world"]]["name"]
            shape["kind"] = self.kind(shape["kind"])
            # Types hold types: a digest keeps the size linear.
            self.types[id] = f"{shape['name']}#{hash(json.dumps(shape, sort_keys=True))}"
        return self.types[id]

    def kind(self, kind):
        if isinstance(kind, dict) and "fixed-length-list" in kind:
            element, length = kind["fixed-length-list"]
            return {"fixed-length-list": [self.type(element), f"{length} of them"]}
        if isinstance(kind, dict):
            return {key: self.kind(value) for key, value in kind.items()}
        if isinstance(kind, list):
            return [self.kind(value) for value in kind]
        return self.type(kind)

    def function(self, function):
        shape = {**function, "kind": self.kind(function["kind"])}
        shape["params"] = [{**param, "type": self.type(param["type"])} for param in function["params"]]
        if "result" in function:
            shape["result"] = self.type(function["result"])
        return shape

    def interface(self, id):
        found = self.all["interfaces"][id]
        return {
            **found,
            "package": self.package_name(found),
            "types": {name: self.type(type) for name, type in found["types"].items()},
            "functions": {name: self.function(function) for name, function in found["functions"].items()},
        }

    def items(self, items):
        shape = []
        for key, item in items.items():
            made = dict(item)
            if "function" in item:
                made["function"] = self.function(item["function"])
            if "type" in item:
                made["type"] = self.type(item["type"])
            if "interface" in item:
                made["interface"] = {**item["interface"], "id": self.interface(item["interface"]["id"])}
            shape.append(["" if key.startswith("interface-") else key, made])
        return shape

    def world(self, id):
        found = self.all["worlds"][id]
        return {
            **found,
            "package": self.package_name(found),
            "imports": self.items(found["imports"]),
            "exports": self.items(found["exports"]),
        }

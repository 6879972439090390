"""`zeus schema`: the JSON Schema of the answers."""

import argparse

from zeus_installer.answers.schema import json_schema
from zeus_installer.cli.common import make_parser, print_json
from zeus_installer.system.errors import ExitStatus


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    return make_parser("schema")


def run(_arguments: argparse.Namespace) -> ExitStatus:
    """Print the schema."""
    print_json(json_schema())
    return ExitStatus.DONE

"""Hooks in a plan: where they stand, what it tells of them, and that a plan keeps them."""

import json

import pytest

from tests.component.test_stored_plan import make
from tests.unit.answers_strategies import STAGES
from zeus_installer.answers.model import Hook
from zeus_installer.cli.plan_text import render
from zeus_installer.plan import restore, store, to_json

DIGEST = "0123456789abcdef" * 4
URL = "https://me:geheim@192.0.2.1/{}.sh?token=geheim"
HOOKS = tuple(Hook(stage=stage, url=URL.format(stage), sha256=DIGEST.upper()) for stage in STAGES)  # type: ignore[arg-type]


def test_without_hooks_a_plan_has_no_such_steps() -> None:
    assert [step.id for step in make().steps if "hook" in step.id] == []


def test_every_stage_has_its_place() -> None:
    ids = [step.id for step in make(hooks=HOOKS).steps]
    assert ids[0] == "fetch_hooks"
    between = [
        ("fetch_hooks", "hook_installation_start", "release_disks"),
        ("install_packages", "hook_packages_installed", "host_identity"),
        ("services", "hook_filesystem_populated", "boot_entry"),
        ("verify_host", "hook_installation_complete", "commit_boot"),
    ]
    assert [tuple(ids[ids.index(step) - 1 : ids.index(step) + 2]) for _, step, _ in between] == between


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_its_own_hooks_in_the_order_of_the_answers(stage: str) -> None:
    first, second = (Hook(stage=stage, url=f"https://192.0.2.1/{name}", sha256=DIGEST) for name in "ba")  # type: ignore[arg-type]
    other = next(hook for hook in HOOKS if hook.stage != stage)
    steps = make(hooks=(first, other, second)).steps
    [mine] = [step for step in steps if step.id == "hook_" + stage.replace("-", "_")]
    assert [getattr(step, "hooks", None) for step in steps if step.id == "fetch_hooks"] == [(first, other, second)]
    assert getattr(mine, "hooks", None) == (first, second)


def test_a_stored_plan_keeps_them() -> None:
    plan = make(hooks=HOOKS)
    assert restore(json.loads(json.dumps(store(plan)))) == plan


def test_a_plan_shows_them_without_their_secrets() -> None:
    plan = make(hooks=HOOKS[:1])
    text = render(plan, present=lambda _path: None)
    data = to_json(plan, present=lambda _path: None)
    assert "\n    fetch https://192.0.2.1/installation-start.sh?… to /var/lib/zeus/hooks\n" in text
    ran = f"run https://192.0.2.1/installation-start.sh?… (SHA-256 {DIGEST}) as root"
    assert f"\n  hook_installation_start: Run the hooks for the start\n    {ran}\n" in text
    assert [step["changes"] for step in data["steps"] if step["id"] == "hook_installation_start"] == [[ran]]  # type: ignore[union-attr, call-overload, index]
    assert "geheim" not in text + json.dumps(data)

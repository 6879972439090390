"""What an operator does with a plan from outside of its run: start, resume, give up, revert."""

from collections.abc import Iterator

from zeus_installer.engine.console_units import remove_console
from zeus_installer.engine.journal import RUN, Mark, read_entries
from zeus_installer.engine.runner import revert_half
from zeus_installer.engine.service import BY_HAND, in_our_dom0, open_journal
from zeus_installer.engine.status import State, read_status
from zeus_installer.engine.store import Store
from zeus_installer.engine.stream import follow, size_of_log
from zeus_installer.engine.units import install_units, remove_units, start_run
from zeus_installer.plan import Plan
from zeus_installer.system.errors import RefusedError
from zeus_installer.system.events import Event, Reporter, Sink


def refuse_second_plan(store: Store) -> None:
    """Raise a `RefusedError` when a plan is stored already, or a run is under way."""
    status = read_status(store)
    if store.is_locked():
        raise RefusedError("run.locked", "another run is under way", hint="watch it with: zeus status")
    if status.state is not State.NONE:
        raise RefusedError(
            "plan.exists",
            f"plan {status.plan} is already on this machine, state: {status.state}",
            hint="go on with it: zeus resume; give it up: zeus abandon; undo it: zeus revert",
        )


def start(store: Store, plan: Plan) -> Iterator[Event]:
    """Store a new plan, start its run and yield its events."""
    yield from follow(store, since=begin(store, plan))


def begin(store: Store, plan: Plan) -> int:
    """Store a new plan and start its run; gives where its events begin, for `follow`."""
    refuse_second_plan(store)
    store.save_plan(plan)
    install_units(plan, store.target)
    return _run(store)


def resume(store: Store) -> Iterator[Event]:
    """Start the run of the stored plan again, or join the one that is under way, and yield its events."""
    yield from follow(store, since=begin_again(store))


def begin_again(store: Store) -> int:
    """Start the run of the stored plan again unless it is under way; gives where new events begin, for `follow`."""
    plan = _stored(store)
    if store.is_locked():
        return size_of_log(store)
    if any(entry.step == RUN and entry.mark is Mark.DONE for entry in read_entries(store.journal)):
        raise RefusedError("plan.finished", f"plan {plan.id} is finished", hint="look at the host: zeus verify")
    if not in_our_dom0(store.target):
        open_journal(store, plan).write(RUN, Mark.BEGIN, **{BY_HAND: True})
    install_units(plan, store.target)
    return _run(store)


def abandon(store: Store) -> tuple[str, ...]:
    """Forget an unfinished plan; gives, in sentences, what it leaves behind. Nothing on disks is touched."""
    plan = _stored(store)
    with store.lock():
        journal = open_journal(store, plan)
        done = [step for step in plan.steps if any(entry.step == step.id for entry in journal.entries())]
        remove_units(store.target)
        remove_console(store.target)
        store.forget_plan()
    return tuple(
        f"{step.id}: {sentence}" for step in done for sentence in _left_by(step.describe().changes, step.title)
    )


def revert(store: Store, sink: Sink) -> None:
    """Undo what can be undone, back to plain Linux at the next boot, and forget the plan."""
    plan = _stored(store)
    with store.lock():
        reporter = Reporter(sink, run=plan.id)
        journal = open_journal(store, plan)
        with reporter.task("revert", "Back to plain Linux") as report:
            for half in ("dom0", "linux"):
                revert_half(plan, half, target=store.target, journal=journal, reporter=report)
        remove_units(store.target)
        remove_console(store.target)
        store.forget_plan()


def _run(store: Store) -> int:
    since = size_of_log(store)
    store.prepare()
    store.watched.touch()
    start_run(store.target)
    return since


def _stored(store: Store) -> Plan:
    plan = store.load_plan()
    if plan is None:
        raise RefusedError(
            "plan.none", "there is no plan on this machine", hint="make one: zeus install --answers FILE"
        )
    return plan


def _left_by(changes: tuple[str, ...], title: str) -> tuple[str, ...]:
    return changes or (title,)

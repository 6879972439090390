"""What zeus-deadline.service runs before it reboots: the reason goes into the journal."""

from zeus_installer.engine.journal import RUN, Mark
from zeus_installer.engine.service import open_journal
from zeus_installer.engine.store import Store
from zeus_installer.system.target import Target


def main(target: Target | None = None) -> None:
    """Write down that the deadline has passed, and that dom0's userland was there to see it."""
    store = Store(target or Target())
    plan = store.load_plan()
    if plan is not None:
        seconds = plan.context.answers.boot.deadline
        journal = open_journal(store, plan)
        journal.write(RUN, Mark.DOM0)
        journal.write(
            RUN,
            Mark.FAILED,
            code="trial.deadline",
            message=f"dom0 was not verified within {seconds} s after its start",
            hint="see which service hangs (journalctl -b -1); boot.deadline gives it more time; then: zeus resume",
        )


if __name__ == "__main__":
    main()

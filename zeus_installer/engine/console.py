"""Events as lines for a plain console or a log."""

from zeus_installer.system.events import Event, Kind, Result


def console_line(event: Event) -> str:
    """Give the line for `event`; empty for what a plain log leaves out (progress, which comes many times a second)."""
    depth = event.path.count("/")
    indent = "  " * depth
    match event.kind:
        case Kind.START:
            return f"{indent}{event.title} ..."
        case Kind.LOG if event.result is Result.WARNING:
            return f"{indent}  warning: {event.title}"
        case Kind.LOG:
            return f"{indent}  {event.title}"
        case Kind.FINISH if event.error is not None:
            hint = f"\n{indent}  hint: {event.error.hint}" if event.error.hint else ""
            return f"{indent}{event.title}: FAILED\n{indent}  error: {event.error.message}{hint}"
        case Kind.FINISH if event.result is Result.SKIPPED:
            return f"{indent}{event.title}: already done"
        case Kind.FINISH:
            return f"{indent}{event.title}: done"
        case _:
            return ""

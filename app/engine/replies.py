"""What the operator is told of a command as a whole."""

from collections.abc import Sequence

from app.engine import service as s


def done(command: s.AnyCommand, message: str) -> s.Answer:
    """Say that a command was carried out."""
    return s.Answer(command_id=command.command_id, accepted=True, message=message)


def refused(command: s.AnyCommand, message: str, results: Sequence[s.Result] = ()) -> s.Answer:
    """Say that nothing was done at all; `results` say why, item by item."""
    return s.Answer(command_id=command.command_id, accepted=False, message=message, results=tuple(results))


def summed_up(command: s.AnyCommand, results: Sequence[s.Result], verb: str) -> s.Answer:
    """Say what became of each item; refused as a whole where none was accepted."""
    accepted = sum(result.accepted for result in results)
    message = f"{accepted} of {len(results)} {verb}."
    return s.Answer(
        command_id=command.command_id, accepted=accepted > 0, message=message, results=tuple(results)
    )

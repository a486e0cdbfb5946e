"""Making the standard library green for eventlet, before anything that must not see it change."""

import warnings


def make_green(async_mode: str) -> None:
    """Patch sockets, threads and clocks where the web process runs on eventlet; do nothing otherwise.

    Call it before loading anything else: locks and classes made earlier are not patched for certain. A
    second call changes nothing. Eventlet's notice that it is only maintained is known (docs/adr/0002) and
    not repeated to the operator.
    """
    if async_mode != "eventlet":
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import eventlet  # noqa: PLC0415 - only in this mode

    if not eventlet.patcher.is_monkey_patched("socket"):
        eventlet.monkey_patch()

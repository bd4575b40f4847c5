"""The plain hooks: a command and a web address from the environment.

A hook that fails or hangs is a warning. Neither the address, which may hold a secret, nor what
the command prints is logged.
"""

import json
import logging
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from loyalty.errors import UsageError
from loyalty.notifications.message import Message

LOG = logging.getLogger("loyalty.telling")

COMMAND_VARIABLE = "LOYALTY_NOTIFY_COMMAND"
URL_VARIABLE = "LOYALTY_NOTIFY_URL"
SECONDS_VARIABLE = "LOYALTY_NOTIFY_SECONDS"
MESSAGE_VARIABLE = "LOYALTY_NOTIFICATION"
SECONDS = 15.0
TRIES = 3
# Nothing of these is for a command that sends messages.
SECRETS = ("LOYALTY_HASH_KEY", "LOYALTY_POSTGRES_DSN")


class HookError(Exception):
    """A hook did not take the message; the text says why, without secrets."""


def check_hooks() -> None:
    """Look at the hooks' settings before a night begins.

    Raises:
        UsageError: an address is none, a command cannot be read, or a time limit makes no sense.
    """
    _seconds()
    url = os.environ.get(URL_VARIABLE, "")
    if url and not (urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname):
        raise UsageError(f"{URL_VARIABLE} must be an address that begins with https:// or http://")
    try:
        shlex.split(os.environ.get(COMMAND_VARIABLE, ""))
    except ValueError as problem:
        raise UsageError(f"{COMMAND_VARIABLE} cannot be read: {problem}") from problem


def hook_names() -> list[str]:
    """Return the hooks that the environment sets: `command`, `url`."""
    return [name for name, (variable, _) in HOOKS.items() if os.environ.get(variable)]


def send(name: str, message: Message) -> bool:
    """Hand the message to a hook; return whether it may have got there."""
    variable, hook = HOOKS[name]
    try:
        hook(os.environ[variable], message)
    except HookError as problem:
        LOG.warning("the notification was not sent: %s", problem)
        return False
    except Exception as problem:
        # The text of what we did not think of might quote the address.
        LOG.warning("the notification was not sent: %s, %s", variable, type(problem).__name__)
        return False
    LOG.info("told by %s", variable)
    return True


def _run(command: str, message: Message) -> None:
    """Start the command without a shell: the text on its input, the fields in its environment."""
    environment = {name: value for name, value in os.environ.items() if name not in SECRETS}
    try:
        process = subprocess.Popen(
            shlex.split(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment | {MESSAGE_VARIABLE: json.dumps(message.fields())},
            start_new_session=True,
        )
    except OSError as problem:
        raise HookError(f"{COMMAND_VARIABLE} cannot be started: {problem.strerror}") from problem
    try:
        process.communicate(message.text().encode(), timeout=_seconds())
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise HookError(f"{COMMAND_VARIABLE} took more than {_seconds():g} s") from None
    if process.returncode:
        raise HookError(f"{COMMAND_VARIABLE} ended with {process.returncode}")


def _post(url: str, message: Message) -> None:
    """Post the fields as JSON; what may pass the next time is tried again, three times in all."""
    import httpx

    where = f"{URL_VARIABLE} ({urlsplit(url).hostname})"
    for attempt in range(1, TRIES + 1):
        try:
            with _unlogged():
                answer = httpx.post(url, json=message.fields(), timeout=_seconds())
        except httpx.ReadTimeout:
            # It has the message. Sent again, it would have it twice.
            LOG.warning("%s has not answered in %g s", where, _seconds())
            return
        except httpx.TransportError as problem:
            trouble = f"{where} cannot be reached: {type(problem).__name__}"
        else:
            if answer.is_success:
                return
            trouble = f"{where} answered {answer.status_code}"
            if not answer.is_server_error:
                break
        if attempt < TRIES:
            time.sleep(attempt)
    raise HookError(trouble)


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep the HTTP client from logging the address that it calls."""
    loggers = [logging.getLogger(name) for name in ("httpx", "httpcore")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _seconds() -> float:
    text = os.environ.get(SECONDS_VARIABLE, str(SECONDS))
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 300:
        raise UsageError(
            f"{SECONDS_VARIABLE} is {text!r}: it must be a number of seconds up to 300"
        )
    return seconds


HOOKS: Mapping[str, tuple[str, Callable[[str, Message], None]]] = {
    "command": (COMMAND_VARIABLE, _run),
    "url": (URL_VARIABLE, _post),
}

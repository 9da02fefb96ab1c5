"""Wrong usage in Korean and English.

Click's messages are English text by the time they arrive, so they are made anew here of what its
exceptions carry.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from sentiment.commands.console import tell
from sentiment.commands.helping import Context
from sentiment.errors import Part, SettingsError
from sentiment.i18n import marked


class Group(click.Group):
    """The commands; wrong usage of any of them is told in both languages."""

    context_class = Context

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """The context of the group itself, whose options may be wrong."""
        with told():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, whose name and options may be wrong."""
        with told():
            return super().invoke(ctx)


class Mistake(click.UsageError):
    """Wrong usage as one message in both languages."""

    def __init__(self, error: click.UsageError) -> None:
        """Tell `error`."""
        super().__init__(error.format_message(), error.ctx)
        self.told = explained(error)

    def show(self, file: IO[Any] | None = None) -> None:
        """The usage line, the message, and where the help is."""
        if self.ctx is not None:
            click.echo(self.ctx.get_usage(), err=True)
        tell(self.told)
        if self.ctx is not None:
            click.echo(f"도움말 · Help: {self.ctx.command_path} --help", err=True)


@contextmanager
def told() -> Iterator[None]:
    """Turn click's errors of usage into `Mistake`; asking for help is none."""
    try:
        yield
    except (click.exceptions.NoArgsIsHelpError, Mistake):
        raise
    except click.UsageError as error:
        raise Mistake(error) from error
    except click.Abort as error:
        click.echo("\n그만뒀어요 · Aborted.", err=True)
        raise click.exceptions.Exit(1) from error


def explained(error: click.UsageError) -> SettingsError:
    """What is wrong, by the kind of click's error."""
    if isinstance(error, click.NoSuchOption):
        return unknown(marked("There is no option {name}."), error.option_name, error)
    if command := getattr(error, "command_name", None):  # NoSuchCommand, from click 8.4 on
        return unknown(marked("There is no command {name}."), command, error)
    if isinstance(error, click.MissingParameter):
        return SettingsError("{name} is missing. Please add it.", name=named(error))
    if isinstance(error, click.BadParameter) and error.param is not None:
        return unfit(error, error.param.type)
    if isinstance(error, click.BadOptionUsage | click.BadArgumentUsage):
        return misused(error)
    return SettingsError(
        "The command cannot be understood: {detail}", detail=error.format_message()
    )


def unknown(message: str, name: str, error: click.UsageError) -> SettingsError:
    """A name that does not exist, with those it looks like."""
    close: list[str] | None = getattr(error, "possibilities", None)
    if not close:
        return SettingsError(message, name=name)
    return SettingsError(
        "There is no {name}. Perhaps you mean {close}.", name=name, close=", ".join(close)
    )


def named(error: click.BadParameter) -> str:
    """The option or argument as people type it."""
    if error.param is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Option):
        return " / ".join(error.param.opts)
    return error.param.human_readable_name.strip("[].")


def unfit(error: click.BadParameter, kind: click.ParamType[Any]) -> SettingsError:
    """A value that is none of those an option takes."""
    name = named(error)
    if isinstance(kind, click.Choice):
        return SettingsError(
            "{name} takes one of these: {choices}.", name=name, choices=", ".join(kind.choices)
        )
    if isinstance(kind, click.IntRange | click.FloatRange):
        whole = isinstance(kind, click.IntRange)
        number = Part(marked("a whole number") if whole else marked("a number"))
        least, most = kind.min, kind.max
        if most is not None:
            return SettingsError(
                "{name} takes {number} from {least} to {most}.",
                name=name,
                number=number,
                least=least,
                most=most,
            )
        if kind.min_open:
            return SettingsError(
                "{name} takes {number} above {least}.", name=name, number=number, least=least
            )
        return SettingsError(
            "{name} takes {number}, {least} or more.", name=name, number=number, least=least
        )
    return SettingsError("{name} does not fit: {detail}", name=name, detail=error.message)


def misused(error: click.BadOptionUsage | click.BadArgumentUsage) -> SettingsError:
    """An option without its value, or with one where none belongs; an argument too many."""
    if isinstance(error, click.BadArgumentUsage):
        return SettingsError(
            "{rest} is more than the command takes. Leave it out.", rest=error.message
        )
    command = error.ctx.command if error.ctx else None
    flags = {
        name
        for each in (command.params if command else [])
        if isinstance(each, click.Option) and each.is_flag
        for name in (*each.opts, *each.secondary_opts)
    }
    if error.option_name in flags:
        return SettingsError("{name} takes no value. Leave the value out.", name=error.option_name)
    return SettingsError("{name} needs a value. Please add it.", name=error.option_name)

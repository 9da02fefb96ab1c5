"""The command line: the group that the commands belong to."""

import click

from sentiment.commands.calibrate import calibrate
from sentiment.commands.classify import classify
from sentiment.commands.doctor import doctor
from sentiment.commands.evaluate import evaluate
from sentiment.commands.export import export
from sentiment.commands.mcp import mcp
from sentiment.commands.predict import predict
from sentiment.commands.prepare import prepare
from sentiment.commands.serve import serve
from sentiment.commands.train import train
from sentiment.commands.usage import Group
from sentiment.settings import VERSION


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="sentiment")
def main() -> None:
    """한국어 문장의 긍정·부정을 판단해요 · Judge Korean sentences: positive or negative."""


for command in (serve, predict, classify, evaluate, prepare, train, calibrate, export, doctor, mcp):
    main.add_command(command)

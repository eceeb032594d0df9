"""`redactor policies`: list and show."""

from __future__ import annotations

import click

from redactor.cli.help import Group
from redactor.cli.values import PolicyName
from redactor.language import say
from redactor.policy.load import load_policy, policy_names
from redactor.text.show import escape


@click.group(cls=Group)
def policies() -> None:
    """List and show policies."""


@policies.command("list")
def list_policies() -> None:
    """One line a policy."""
    for name in policy_names():
        click.echo(f"{name}\t{load_policy(name).description.get('zh', '')}")


@policies.command("show")
@click.argument("name", type=PolicyName())
def show_policy(name: str) -> None:
    """Which entity gets which operator."""
    policy = load_policy(name)
    click.echo(
        f"{policy.name}: {escape(policy.description.get('zh', ''))} / {escape(policy.description.get('en', ''))}"
    )
    click.echo(
        say("threshold {threshold:g}, keep list on", threshold=policy.threshold)
        if policy.keep_list
        else say("threshold {threshold:g}, keep list off", threshold=policy.threshold)
    )
    for entity, operator in sorted(policy.operators.items()):
        settings = [f"sign {operator.sign}"] if operator.kind in ("mask", "partial") else []
        settings += [f"name {operator.name}"] if operator.name else []
        settings += ["whole"] if operator.whole else []
        click.echo(f"  {entity}: {operator.kind} {', '.join(settings)}".rstrip())

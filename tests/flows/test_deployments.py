"""What is deployed, and five lives that run through deployment, worker and server."""

import importlib
import importlib.metadata

import pytest
import yaml
from prefect import Flow

from flows.service import PROJECT

OURS = ("law", "models", "cases", "edges", "flows", "web", "cli", "demo")
DEPLOYED = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]


@pytest.mark.parametrize("entrypoint", sorted({each["entrypoint"] for each in DEPLOYED}))
def test_an_entrypoint_is_a_flow_that_can_be_imported(entrypoint: str) -> None:
    """By module path of an installed package, without retries of its own."""
    module, _, name = entrypoint.rpartition(".")
    flow = getattr(importlib.import_module(module), name)
    assert isinstance(flow, Flow)
    assert flow.retries == 0


def test_operators_press_only_what_needs_no_name() -> None:
    """No deployment takes a text but a report's number; only the release after an outage takes a staff code."""
    for each in DEPLOYED:
        module, _, name = each["entrypoint"].rpartition(".")
        taken = set(getattr(importlib.import_module(module), name).parameters.properties or {})
        assert taken <= ({"by", "most"} if name == "resume_after_outage" else {"number"})


@pytest.mark.parametrize("name", OURS)
def test_no_other_distribution_ships_our_top_level_names(name: str) -> None:
    """Prefect imports entrypoints by these names."""
    assert {"sansdelai"} >= set(importlib.metadata.packages_distributions().get(name, []))

"""What stands in the way between a user's pipeline and the program: the action, the hooks, the page on CI."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import PAGES, blocks, prose

ROOT = Path(__file__).parents[2]


def parsed(text: str) -> Any:
    import yaml

    return yaml.safe_load(text)


ACTION: dict[str, Any] = parsed((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = parsed((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
HOLES = "rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\ndilation = 2\n"


def act(folder: Path, *, step: int = -1, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action, by default the one that lints, as a runner would."""
    script = ACTION["runs"]["steps"][step]
    given = {name: inputs.get(name.replace("-", "_"), about["default"]) for name, about in ACTION["inputs"].items()}
    env = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: given[found[1]], text)
        for name, text in script["env"].items()
    }
    outside = {"RUNNER_TEMP": str(folder.parent), "GITHUB_ACTION_PATH": str(folder.parent / "nowhere")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script["run"]],  # noqa: S607 - the runner's shell
        cwd=folder,
        env={**os.environ, "PATH": PATH, **outside, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_lints(tmp_path: Path) -> None:
    (tmp_path / "a net.toml").write_text(HOLES, encoding="utf-8")
    done = act(tmp_path, targets="a net.toml\n\n1,2,5\n", arguments="--select\nRFS101")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("::error file=a net.toml,line=5,col=1,title=RFS101 holes::")
    assert done.stdout.count("\n") == 1


def test_the_action_writes_files_and_reads_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "rfscope.toml").write_text("[[networks]]\ntarget = '1,2,4'\n", encoding="utf-8")
    done = act(tmp_path, output_format="sarif", output_file="out.sarif")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "wrote out.sarif\n")
    [run] = json.loads((tmp_path / "out.sarif").read_text(encoding="utf-8"))["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["RFS102"]


@pytest.mark.parametrize(
    "hostile", ["$(touch planted)", "`touch planted`", "; touch planted", "--output=x' || touch y"]
)
def test_inputs_of_the_action_are_never_run(hostile: str, tmp_path: Path) -> None:
    done = act(tmp_path, targets=hostile)
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []


ARGUMENTS = {
    "one a line": "--select\nRFS101\n--fail-level=warning",
    "one line": "--select RFS101 --fail-level=warning",
    "carriage returns and blanks": "  --select\r\n\tRFS101\r\n \r\n--fail-level=warning  \r\n",
    "quotes": "--select 'RFS101' --fail-level=\"warn\"ing",
}


@pytest.mark.parametrize("arguments", ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_of_the_action_are_split_as_in_a_shell(arguments: str, tmp_path: Path) -> None:
    (tmp_path / "a net.toml").write_text(HOLES, encoding="utf-8")
    done = act(tmp_path, targets="  a net.toml\r\n\r\n", arguments=arguments, output_format="concise")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.count("RFS101") == 1


UNEVALUATED = ["$(touch y)", "`touch y`", "; touch y", "--output=$(touch y)", "x && touch y", "> y", "'x", "*"]


@pytest.mark.parametrize("hostile", UNEVALUATED)
def test_arguments_of_the_action_are_never_evaluated(hostile: str, tmp_path: Path) -> None:
    done = act(tmp_path, targets="1,2,5", arguments=hostile, output_format="concise")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert not (tmp_path / "y").exists()


@pytest.mark.parametrize("step", [0, 1], ids=["install", "lint"])
def test_the_action_runs_nothing_of_the_workspace(step: int, tmp_path: Path) -> None:
    """The folder to install from does not exist here, which pip itself says."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    for name in ("pip", "rfscope", "typer", "shlex", "pickle", "sitecustomize"):
        (workspace / f"{name}.py").write_text("import os\nos.mkdir('../mark')\n", encoding="utf-8")
    done = act(workspace, step=step, targets="1,2,5\n1,2", arguments="--jobs 2", output_format="concise")
    assert (done.returncode, done.stderr) == (0, "") if step else done.returncode == 1
    assert not (tmp_path / "mark").exists()
    assert step or not importlib.util.find_spec("pip") or "nowhere" in done.stderr


def test_no_input_is_pasted_into_a_script() -> None:
    assert all("${{" not in step["run"] for step in ACTION["runs"]["steps"])


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_hooks_run(hook: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(HOLES, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[[tool.rfscope.networks]]\ntarget = 'net.toml'\n", encoding="utf-8")
    names = ["net.toml", "pyproject.toml"] if hook.get("pass_filenames", True) else []
    words = [*shlex.split(hook["entry"]), *names]
    done = subprocess.run(
        words, cwd=tmp_path, env={**os.environ, "PATH": PATH}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.count("RFS101") == 1


SNIPPETS = [parsed(block.body) for block in blocks(PAGES["docs/ci.md"].read_text(encoding="utf-8"), "yaml")]
REPOSITORY = "<OWNER>/rfscope"
"""The one thing to fill in; the page says so."""


def test_the_workflows_of_the_page_use_the_action() -> None:
    workflows = [snippet for snippet in SNIPPETS if "jobs" in snippet]
    assert workflows
    for workflow in workflows:
        [used] = [step for step in workflow["jobs"]["networks"]["steps"] if "rfscope" in step.get("uses", "")]
        assert used["uses"].startswith(f"{REPOSITORY}@")
        assert set(used["with"]) <= set(ACTION["inputs"])


def test_the_gitlab_job_of_the_page_writes_the_reports_that_it_hands_in(tmp_path: Path) -> None:
    [gitlab] = [snippet["networks"] for snippet in SNIPPETS if "networks" in snippet]
    install, *lint = gitlab["script"]
    assert shlex.split(install)[:3] == ["pip", "install", "pyyaml"]
    assert f"/{REPOSITORY}@" in install
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "net.toml").write_text(HOLES, encoding="utf-8")
    codes = [
        subprocess.run(shlex.split(line), cwd=tmp_path, env={**os.environ, "PATH": PATH}, check=False).returncode
        for line in lint
    ]
    assert codes == [0, 1]
    reports = gitlab["artifacts"]["reports"]
    assert set(reports) == {"codequality", "junit"}
    assert all((tmp_path / name).stat().st_size for name in reports.values())


def test_the_hooks_of_the_page_are_ours() -> None:
    [repository] = [snippet["repos"][0] for snippet in SNIPPETS if "repos" in snippet]
    assert repository["repo"].endswith(f"/{REPOSITORY}")
    assert {hook["id"] for hook in repository["hooks"]} <= {hook["id"] for hook in HOOKS}


def test_what_is_to_be_filled_in_is_said_once() -> None:
    text = prose(PAGES["docs/ci.md"].read_text(encoding="utf-8"), code=True)
    assert text.count("<OWNER>") == 1
    assert not re.search(r"<[A-Z]+>", text.replace("<OWNER>", ""))

"""Compiles the reader's native module as keywitness is installed; without a C compiler it is left out, and no more."""

import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("src") / "keywitness" / "readers"
MODULE = "_walk.abi3.so"


class Compile(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Puts the module beside its source, where an editable installation finds it, and into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        source = Path(self.root) / FOLDER
        module = source / MODULE
        if self.target_name != "wheel" or not compiled(source / "_walk.c", module):
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"cp311-abi3-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
        build_data["artifacts"].append((FOLDER / MODULE).as_posix())


def compiled(source: Path, module: Path) -> bool:
    """Whether the module could be made."""
    include = sysconfig.get_paths()["include"]
    linker = shlex.split(sysconfig.get_config_var("LDSHARED") or "cc -shared")
    fresh = module.with_suffix(".new")
    command = [*linker, "-O3", "-fPIC", f"-I{include}", str(source), "-o", str(fresh)]
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"keywitness goes without its native module, and reads several times slower ({error})")  # noqa: T201
        return False
    fresh.replace(module)
    return True

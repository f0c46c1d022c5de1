"""Arrows point down the walk, an import does no work, and only a provider's own files know the provider."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.house.tree import BASE, PROVIDERS, TOP, WALK, name, package_files, stage, syntax

ORDER: Final = (*BASE, *WALK, *TOP)

PURE_CALLS: Final = frozenset(
    {
        *("frozenset", "dict", "tuple", "set", "sorted", "range", "len", "max", "min", "sum", "zip", "enumerate"),
        *("str", "int", "float", "bytes", "split", "join", "encode", "items", "keys", "values", "union"),
        *(
            "NewType",
            "Names",  # of the compiled module: a pattern
            "TypeVar",
            "ParamSpec",
            "namedtuple",
            "NamedTuple",
            "dataclass",
            "field",
            "fields",
            "MappingProxyType",
        ),
        *("cache", "lru_cache", "partial", "itemgetter", "attrgetter", "Struct", "functions.signature"),
        *("re.compile", "re.escape", "timedelta", "datetime", "date", "ZoneInfo", "Decimal", "Path"),
        *("ip_network", "ip_address", "UUID", "logging.getLogger"),
        *("property", "classmethod", "staticmethod", "cached_property", "abstractmethod", "contextmanager"),
        *("final", "overload", "override", "runtime_checkable", "total_ordering", "unique"),
    }
)
"""What makes a value from values: no file, no socket, no clock, no registration. A full name, or its last word."""
PURE_MODULES: Final = ("jmespath.", "msgspec.", "pa.", "sa.")


def imported(path: Path) -> Iterator[str]:
    """The stages that a file imports from, wherever in the file the import stands."""
    for node in ast.walk(syntax(path)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for dotted in names:
            top, _, rest = dotted.partition(".")
            if top == "keywitness" and rest not in {"", "__version__"}:
                yield rest.split(".")[0]


def test_arrows_point_down_the_walk() -> None:
    upward = {
        f"{name(path)} imports {other}"
        for path in package_files()
        if stage(path) in ORDER
        for other in imported(path)
        if other not in ORDER[: ORDER.index(stage(path)) + 1]
    }
    assert not upward


def own_records() -> frozenset[str]:
    """Names of the package's own records and JMESPath functions: making one is making a value."""
    classes = (node for path in package_files() for node in ast.walk(syntax(path)) if isinstance(node, ast.ClassDef))
    return frozenset(
        node.name
        for node in classes
        if any("dataclass" in ast.unparse(mark) for mark in node.decorator_list)
        or any(_word(base) in {"Functions", "NamedTuple", "Struct", "TypeDecorator"} for base in node.bases)
    )


def _word(base: ast.expr) -> str:
    return ast.unparse(base).partition("[")[0].split(".")[-1]


def called_at_import(node: ast.AST) -> Iterator[ast.expr]:
    """What is called when a module is imported, decorators too: all but the calls in the bodies of functions."""
    children: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        yield node.func
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from (mark for mark in node.decorator_list if not isinstance(mark, ast.Call))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        children = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
    elif isinstance(node, ast.Lambda):
        children = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    elif isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'":
        children = []
    for child in children:
        yield from called_at_import(child)


def test_an_import_does_no_work() -> None:
    pure = PURE_CALLS | own_records()
    work = [
        f"{name(path)}:{called.lineno} {word}"
        for path in package_files()
        for called in called_at_import(syntax(path))
        if not (word := ast.unparse(called)).startswith(PURE_MODULES)
        and pure.isdisjoint({word, word.rpartition(".")[2]})
    ]
    assert not work


def is_prefix_test(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "startswith"


def names_a_provider(node: ast.AST) -> bool:
    """True for "aws", and for an id that begins with it: "aws.iam.create-access-key"."""
    words = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return any(word.partition(".")[0] in PROVIDERS for word in words)


def provider_tests(path: Path) -> Iterator[str]:
    """Where a file asks which provider it has: a comparison, a match case or a prefix test with its name."""
    for node in ast.walk(syntax(path)):
        if (isinstance(node, ast.Compare | ast.MatchValue) or is_prefix_test(node)) and names_a_provider(node):
            yield f"{name(path)}: {ast.unparse(node)}"


def test_only_a_providers_own_files_know_it() -> None:
    others = (path for path in package_files() if path.stem not in PROVIDERS)
    assert not [found for path in others for found in provider_tests(path)]

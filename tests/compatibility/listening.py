"""Read from the sources what each service really hears, and which fields it takes: no import, no broker."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from events.envelope import Event
from events.registry import EVENTS

BY_NAME: Mapping[tuple[str, str], type[Event]] = {
    (event.__module__.rsplit(".", 1)[1], event.__name__): event for event in EVENTS
}


@dataclass(frozen=True)
class Source:
    """One module, parsed, with the event classes its names stand for."""

    path: Path
    tree: ast.Module
    named: Mapping[str, type[Event]]

    @classmethod
    def read(cls, path: Path) -> "Source":
        """Parse a module."""
        return cls.parse(path.read_text(), path)

    @classmethod
    def parse(cls, text: str, path: Path) -> "Source":
        """Parse text as if it stood at `path`."""
        tree = ast.parse(text)
        named: dict[str, type[Event]] = {}
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("events"):
                continue
            for alias in node.names:
                local = alias.asname or alias.name
                if node.module == "events":
                    named |= {f"{local}.{name}": event for (mod, name), event in BY_NAME.items() if mod == alias.name}
                elif event := BY_NAME.get(((node.module or "").removeprefix("events."), alias.name)):
                    named[local] = event
        return cls(path, tree, named)

    def heard(self) -> Iterator[type[Event]]:
        """Yield the events of handlers: functions decorated with `@hears(topic, EventClass)`."""
        for function in self._functions():
            for decorator in function.decorator_list:
                if isinstance(decorator, ast.Call) and _dotted(decorator.func).rsplit(".", 1)[-1] == "hears":
                    yield from (self.named[name] for arg in decorator.args if (name := _dotted(arg)) in self.named)

    def taken(self) -> Iterator[tuple[type[Event], str]]:
        """Yield every field taken of a parameter that is annotated with an event class."""
        for function in self._functions():
            parameters = {
                argument.arg: self.named[_dotted(argument.annotation)]
                for argument in [*function.args.args, *function.args.kwonlyargs]
                if argument.annotation is not None and _dotted(argument.annotation) in self.named
            }
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    event = parameters.get(node.value.id)
                    if event is not None and node.attr in event.model_fields:
                        yield event, node.attr

    def _functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def sources_of(package: Path) -> Iterator[Source]:
    """Yield the modules of a service's package."""
    return (Source.read(path) for path in sorted(package.rglob("*.py")))


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""

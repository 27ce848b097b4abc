"""What may change within a version of an event: nothing but more optional fields, and words of documentation.

Streams keep everything, so a shape has readers on both sides of a change: older consumers read newer events, and
newer consumers read the older events when they start from the beginning. A field that is removed, renamed, retyped,
narrowed, widened, or newly required breaks one of them; it belongs in the next version (`.v2`), a class of its own said
beside the old one until the last consumer has moved.
"""

from collections.abc import Iterator
from typing import Any

from events.schema import Schema, inlined

DOCUMENTATION = frozenset({"$schema", "title", "description", "examples", "$comment", "deprecated"})


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Return a sentence for every change from `old` to `new` that would break a reader. Empty: the change is safe."""
    return list(_compare("", _bare(inlined(old)), _bare(inlined(new))))


def _bare(node: Any, *, names: bool = False) -> Any:
    """Strip documentation, but no field that happens to be called `title` or `description`."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if names or key not in DOCUMENTATION}
    return {
        key: sorted(value, key=repr) if key == "enum" else _bare(value, names=key == "properties" and not names)
        for key, value in kept.items()
    }


def _compare(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        if "properties" in old and "properties" in new:
            yield from _compare_fields(path, old, new)
        for keyword in sorted((old.keys() | new.keys()) - {"properties", "required"}):
            if keyword in old and keyword in new:
                yield from _compare(f"{path}[]" if keyword == "items" else path, old[keyword], new[keyword])
            else:
                yield _changed(path, old.get(keyword), new.get(keyword), keyword)
        if ("properties" in old) != ("properties" in new):
            yield f"{path or 'the event'} was an object or became one"
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            yield from _compare(path, before, after)
    elif old != new:
        yield _changed(path, old, new)


def _compare_fields(path: str, old: Schema, new: Schema) -> Iterator[str]:
    before, after = old["properties"], new["properties"]
    needed_before, needed_after = set(old.get("required", ())), set(new.get("required", ()))
    prefix = f"{path}." if path else ""
    for name in sorted(before.keys() - after.keys()):
        yield f"{prefix}{name} was removed or renamed"
    for name in sorted((after.keys() - before.keys()) & needed_after):
        yield f"{prefix}{name} is new and required: give it a default"
    for name in sorted(before.keys() & after.keys()):
        if (name in needed_before) != (name in needed_after):
            yield f"{prefix}{name} became {'required' if name in needed_after else 'optional'}"
        yield from _compare(f"{prefix}{name}", before[name], after[name])


def _changed(path: str, old: object, new: object, keyword: str = "") -> str:
    what = " ".join(part for part in (path or "the event", keyword) if part)
    return f"{what} changed from {old!r} to {new!r}"

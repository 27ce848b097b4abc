"""What a report says: the products of each item, and the items that are not stocked but ordered on demand."""

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Source = Literal["list", "added"]


def folded(*words: str) -> str:
    """Return words so that two that differ only in case, spaces or width are the same (contracts.md 6)."""
    return "\x1f".join(map(_folded, words))


def _folded(word: str) -> str:
    plain = word if word.isascii() else unicodedata.normalize("NFKC", word)
    return " ".join(plain.split()).casefold()


@dataclass(frozen=True)
class Product:
    """A product of an item. `source`: it stands in the coding contractor's list, or the supplier added it."""

    hcpcs: str
    manufacturer: str
    model_name: str
    model_number: str
    source: Source

    @property
    def key(self) -> str:
        """What makes it the same product, within its item."""
        return folded(self.manufacturer, self.model_name, self.model_number)


@dataclass(frozen=True)
class Content:
    """The products of a report, and the items that are not stocked and will be ordered."""

    products: tuple[Product, ...] = ()
    will_order: tuple[str, ...] = ()

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Content":
        """Read what was kept as JSON."""
        return cls(tuple(Product(**each) for each in kept["products"]), tuple(kept["will_order"]))

    @property
    def kept(self) -> dict[str, Any]:
        """The content as JSON."""
        return {"products": [asdict(each) for each in self.products], "will_order": list(self.will_order)}

    @property
    def added(self) -> tuple[Product, ...]:
        """The products that the supplier added."""
        return tuple(each for each in self.products if each.source == "added")

    def only(self, items: Iterable[str]) -> "Content":
        """Return what it says about these items; other items have left the category."""
        known = set(items)
        return Content(
            tuple(each for each in self.products if each.hcpcs in known),
            tuple(each for each in self.will_order if each in known),
        )

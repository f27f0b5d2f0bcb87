"""What a city's districts, rules, states and changes are called."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from lifecircle.publish.cells import Figure
from lifecircle.publish.wording import code_words, words
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecircle.model import CityStudy
    from lifecircle.text import Language

__all__ = ["CityWords"]

_MOST_CAUSES = 4


def _form(item: str, *, at_least: bool, guessed: bool) -> str:
    if item.endswith("_share"):
        return "percent"
    if at_least:
        return "least0"
    return "about0" if item == "households" and guessed else "0"


class CityWords:
    """A city and a language.

    Parameters
    ----------
    study : CityStudy
        The city.
    lang : {"zh", "en"}
        Language.
    """

    def __init__(self, study: CityStudy, lang: Language) -> None:
        self.study, self.lang = study, lang
        self.text = words("community", lang)
        self.codes = code_words("community", lang)

    def say(self, key: str, **values: object) -> str:
        """A sentence of the city's outputs."""
        return say(f"city.{key}", self.lang, values)

    @property
    def title(self) -> str:
        """Of page and workbook."""
        return self.say("title", name=self._named(self.study.name, self.study.name_en))

    @cached_property
    def names(self) -> dict[str, str]:
        """Districts by id; "" is the city."""
        told = self.study.districts
        columns = (told["district_id"], told["name"], told["name_en"])
        named = {
            str(key): self._named(name, name_en)
            for key, name, name_en in zip(*columns, strict=True)
        }
        return {"": self.say("whole"), **named}

    def _named(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en or zh

    @cached_property
    def rules(self) -> dict[tuple[str, int], str]:
        """Titles of rules by id and edition; several editions are told apart."""
        first = self.study.rules.drop_duplicates(["rule_id", "edition"])
        return {
            (row["rule_id"], row["edition"]): self._rule_title(row)
            for row in first.to_dict("records")
        }

    @cached_property
    def rule_titles(self) -> dict[str, str]:
        """Titles of rules by id, whatever the edition."""
        first = self.study.rules.drop_duplicates("rule_id")
        titles = first[f"title_{self.lang}"]
        return {
            str(key): str(one)
            for key, one in zip(first["rule_id"], titles, strict=True)
        }

    @cached_property
    def numbered(self) -> dict[str, str]:
        """Names of the districts with their numbers on the map."""
        ids = self.study.districts["district_id"]
        return {
            key: f"{number}. {self.names[key]}" for number, key in enumerate(ids, 1)
        }

    def _rule_title(self, row: Any) -> str:
        title = str(row[f"title_{self.lang}"])
        if row["editions"] > 1:
            title = self.say("edition", title=title, n=row["edition"])
        if row["draft"]:
            mark = self.text["unverified"]
            title += self.text["in_brackets"].format(text=mark)
        return title

    @cached_property
    def sums(self) -> dict[str, Figure | None]:
        """The city's own figures; ≥ where not every district knows the item."""
        rows = self.study.totals.set_index("item")
        guessed = bool(rows["value"]["households_estimated"] > 0)
        return {
            str(item): None
            if pd.isna(value)
            else Figure(
                value, _form(str(item), at_least=bool(at_least), guessed=guessed)
            )
            for item, value, at_least in rows[["value", "at_least"]].itertuples()
        }

    def class_name(self, code: str) -> str:
        """Of facility classes; several pooled are what the rule's title says."""
        return "" if not code or "+" in code else self.codes["facility_class"](code)

    def stamps(self) -> list[str]:
        """Date, approval of the map, and that data are made up."""
        lines = []
        if self.study.as_of:
            first, last = self.study.as_of
            same = self.text["as_of"].format(date=first)
            span = self.say("as_of_range", first=first, last=last)
            lines.append(same if first == last else span)
        approval = self.text["list_comma"].join(self.study.map_approvals)
        approval = approval or self.text["approval_none"]
        lines.append(self.text["approval"].format(text=approval))
        return lines + [self.text["synthetic"]] * self.study.synthetic

    def stamp(self) -> str:
        """Of the disclosure level; empty on what is public."""
        return self.text[f"stamp.{self.study.disclosure}"]

    def failure(self, row: Any) -> list[str]:
        """Reason, where, what and fix of a district that was not done."""
        if not row["reason"]:
            return ["", "", "", ""]
        reason = self.say(f"reason_{row['reason']}")
        what = row["what"] or self.say("reason_kept_back", folder=row["folder"])
        return [reason, row["where"], what, row["fix"]]

    def why(self, parts: Sequence[str]) -> str:
        """What has changed, the first of many."""
        named = [self._cause(part) for part in parts[:_MOST_CAUSES]]
        if len(parts) > _MOST_CAUSES:
            named.append(self.say("why_more", n=len(parts) - _MOST_CAUSES))
        return self.text["list_comma"].join(named) or self.say("why_none")

    def _cause(self, part: str) -> str:
        if part in ("settings", "version"):
            return self.say(f"why_{part}")
        book = part.removeprefix("book:")
        return part if book == part else self.say("why_book", name=book)

    @staticmethod
    def link(folder: str, page: str) -> str:
        """Address of a page of a district, from the city's page."""
        return f"./{quote(folder)}/{page}"

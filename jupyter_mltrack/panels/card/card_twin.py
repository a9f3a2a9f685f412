"""The run card at rest: static HTML without script, for any notebook viewer."""

from __future__ import annotations

from typing import Any

from jupyter_mltrack.panels.card.card import CardData, ChangeData, card_text, time_text
from jupyter_mltrack.panels.markup import Html, element, joined
from jupyter_mltrack.panels.palette import CODE_FONT, FONT, LINE, MUTED, TEXT, TONES
from jupyter_mltrack.panels.sparkline import sparkline_svg

# The same look as live_card.css gives the card while its run is open.
_BOX = (
    "position:relative;max-width:760px;box-sizing:border-box;margin:2px 0;padding:8px 12px;"
    f"border:1px solid {LINE};border-left:3px solid {{colour}};border-radius:3px;"
    f"color:{TEXT};font:13px/20px {FONT}"
)
_ROW = "display:flex;flex-wrap:wrap;gap:0 24px;align-items:baseline"
_METRICS = f"{_ROW};gap:4px 28px;margin-top:6px"
_SMALL = f"color:{MUTED};font-size:12px"
# One grid instead of nested boxes: without styles, as on GitHub, it reads "loss 0.1234".
_METRIC = "display:grid;grid-template-columns:auto auto;column-gap:8px;align-items:center"
_KEY = f"{_SMALL};line-height:16px;grid-column:1/-1"
_NUMBER = "line-height:22px;font-size:15px;font-weight:600;font-variant-numeric:tabular-nums"
_CHANGES = f"{_ROW};gap:0 16px;margin-top:6px;font-size:12px"
_ERROR = f"margin-top:6px;color:{TONES['bad']};font:12px/18px {CODE_FONT};overflow-wrap:anywhere"
_OPENING = "position:absolute;top:8px;right:12px;max-width:90%"
_SUMMARY = f"{_SMALL};text-align:right;cursor:pointer"
_CODE = (
    f"margin:4px 0 0;padding:4px 8px;border:1px solid {LINE};border-radius:3px;"
    f"background:var(--jp-layout-color1,Canvas);font:12px/18px {CODE_FONT};overflow-x:auto"
)


class RunCard:
    """A run as a card that does not change.

    Args:
        card: What to show, as `card_data` makes it.
    """

    def __init__(self, card: CardData) -> None:
        self.card = card

    def _repr_html_(self) -> str:
        return card_html(self.card)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": card_html(self.card), "text/plain": card_text(self.card)}

    def __repr__(self) -> str:
        return card_text(self.card)


def card_html(card: CardData) -> str:
    """The card as HTML of at most 15 kB: no script, styles inline, every text escaped."""
    rows = [_heading(card)]
    if card["metrics"]:
        rows.append(_metrics(card))
    if card["since"] or card["changes"]:
        rows.append(_changes(card))
    if card["error"]:
        rows.append(element("div", card["error"], style=_ERROR))
    rows.append(_opening(card))
    return element("div", *rows, style=_BOX.format(colour=card["colour"]))


def _heading(card: CardData) -> Html:
    state = card["status"]
    return element(
        "div",
        element("b", card["title"], title=card["run_id"], style="font-size:14px"),
        " ",
        element("span", f"{state['glyph']} {state['word']}", style=f"color:{TONES[state['tone']]}"),
        " ",
        element("span", time_text(card), style=_SMALL, title=f"started {card['started_at']}"),
        style=_ROW.replace("24px", "12px"),
    )


def _metrics(card: CardData) -> Html:
    shown = [
        element(
            "div",
            element("span", metric["key"], style=_KEY),
            " ",
            element("span", metric["text"], style=_NUMBER, title=metric["exact"]),
            sparkline_svg(metric["lines"], card["colour"]) if metric["lines"] else "",
            style=_METRIC,
        )
        for metric in card["metrics"]
    ]
    return element("div", *shown, _more(card["more_metrics"]), style=_METRICS)


def _changes(card: CardData) -> Html:
    if not card["changes"]:
        return element(
            "div", f"same parameters as {card['since']}", style=f"{_CHANGES};color:{MUTED}"
        )
    shown = [joined(_change(change, card["since"]), " ") for change in card["changes"]]
    return element(
        "div",
        element("span", card["label"], style=_SMALL),
        " ",
        *shown,
        _more(card["more_changes"]),
        style=_CHANGES,
    )


def _change(change: ChangeData, since: str | None) -> Html:
    key, before, after = change["key"], change["before"], change["after"]
    if after is None:
        return element("span", element("span", "− ", key, style=f"color:{MUTED}"))
    sign = "+ " if since and before is None else ""
    old = "" if before is None else f"{before} → "
    name = element("span", sign, key, " ", old, style=f"color:{MUTED}")
    return element("span", name, element("b", after), title=change["exact"])


def _opening(card: CardData) -> Html:
    """How to open the run: a card at rest has no button, but it can be unfolded."""
    code = element("pre", card["code"], style=_CODE)
    return element("details", element("summary", "open", style=_SUMMARY), code, style=_OPENING)


def _more(count: int) -> Html:
    return element("span", f"+ {count} more", style=_SMALL) if count else Html()

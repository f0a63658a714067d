"""A row of the rulebook as a sentence for people who do not read tables: what it says, and of what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common.countries import EU, country_name
from common.money import Money
from common.reader import reader_locale
from trade.rules.rows import (
    Basis,
    Confidence,
    Doubt,
    Duty,
    Effect,
    Fee,
    Import,
    Limit,
    NoBorder,
    Per,
    Relief,
    Row,
    Scheme,
    Scope,
    Tax,
    Waiver,
)
from trade.rules.values import Buyer, Carriage, Channel, ChargeKind, Collector, Purpose, Unknown
from trade.rules.workings import percent
from trade.selectors.words import say_name, say_unknown

ORDINARY_DUTY = "Duty"
MOST_NAMED = 12
MOST_CODES = 14


def say_rule(row: Row[Effect]) -> str:
    """What the row says, in a sentence."""
    effect = row.effect
    if isinstance(effect, Duty):
        return _say_named_duty(effect)
    if isinstance(effect, Tax):
        return _say_tax(effect)
    if isinstance(effect, Import):
        return _say_import(effect)
    if isinstance(effect, Scheme):
        return _say_scheme(effect)
    if isinstance(effect, Relief):
        return _("No %(kinds)s is due") % {"kinds": _kinds(effect.kinds)}
    if isinstance(effect, Fee):
        return _say_fee(effect)
    if isinstance(effect, Waiver):
        return _("%(kinds)s of up to %(amount)s is not asked for") % {
            "kinds": _kinds(effect.kinds).capitalize(),
            "amount": _money(effect.at_most),
        }
    if isinstance(effect, NoBorder):
        return _("Parcels from %(countries)s cross no customs border") % {
            "countries": say_countries(effect.inside)
        }
    return _say_doubt(effect, row.id)


def _say_named_duty(effect: Duty) -> str:
    """A duty with the name that tells it from the ordinary one: "Section 122 duty: 10 %"."""
    if effect.name == ORDINARY_DUTY:
        return say_duty(effect)
    if effect.name.startswith("No "):
        return say_name(effect.name)
    return _("%(name)s: %(rate)s") % {"name": say_name(effect.name), "rate": say_duty(effect)}


def say_duty(effect: Duty) -> str:
    """A duty's rate in words: "12 %", "12 %, but at least 1.50 EUR a kilogram"."""
    rate = percent(effect.rate) if effect.rate is not None else ""
    fixed = [
        words % {"amount": _money(amount)}
        for amount, words in (
            (effect.per_kg, _("%(amount)s a kilogram")),
            (effect.per_item, _("%(amount)s for each kind of goods")),
            (effect.per_unit, _("%(amount)s a piece")),
        )
        if amount is not None
    ]
    if effect.rate is not None and not effect.rate and not fixed:
        return _("free of duty")
    if rate and fixed:
        joined = {
            "greater": _("%(rate)s, but at least %(fixed)s"),
            "lesser": _("%(rate)s, but at most %(fixed)s"),
        }.get(effect.combine, _("%(rate)s and %(fixed)s"))
        text = joined % {"rate": rate, "fixed": fixed[0]}
    else:
        text = rate or ", ".join(fixed)
    if effect.of_duty:
        text = _("%(rate)s of the other duty") % {"rate": text}
    if effect.mode == "floor":
        text = _("at least %(rate)s, other duty included") % {"rate": text}
    if effect.less is not None:
        text = _("%(rate)s, less %(amount)s a parcel") % {
            "rate": text,
            "amount": _money(effect.less),
        }
    return text


def _say_tax(effect: Tax) -> str:
    text = _("%(name)s: %(rate)s") % {
        "name": say_name(effect.name),
        "rate": percent(effect.rate),
    }
    if effect.inside:
        text += _(", counted inside the price")
    if effect.share != 1:
        text += _(", of which %(share)s is due") % {"share": percent(effect.share)}
    return text


def _say_import(effect: Import) -> str:
    """What is taxed on what base, and who asks for it."""
    goods_only = effect.duty_base is Basis.GOODS
    duty = _("Duty is on the goods alone") if goods_only else _("Duty is on goods and delivery")
    tax = (
        _("tax is on goods, delivery and duty")
        if effect.tax_delivery
        else _("tax is on goods and duty")
    )
    if effect.tax_uplift:
        tax += _(", with %(rate)s added to the value of the goods") % {
            "rate": percent(effect.tax_uplift)
        }
    return _("%(duty)s; %(tax)s. %(who)s asks for it.") % {
        "duty": duty,
        "tax": tax,
        "who": _collector(effect.collector),
    }


def _say_scheme(effect: Scheme) -> str:
    who = {
        Collector.PLATFORM: _("the marketplace takes the tax with the price"),
        Collector.SELLER: _("the seller, if registered, takes the tax with the price"),
    }.get(effect.collector, _("the tax is settled with the sale"))
    if effect.settles_duty and effect.collector is Collector.PLATFORM:
        who = _("the marketplace takes duty and tax with the price")
    return _("%(name)s: %(who)s, and none is asked for at the border") % {
        "name": say_name(effect.name),
        "who": who,
    }


def _say_fee(effect: Fee) -> str:
    values = {"name": say_name(effect.name), "amount": _money(effect.amount)}
    text = (
        _("%(name)s: %(amount)s for each kind of goods")
        if effect.per is Per.ITEM
        else _("%(name)s: %(amount)s a parcel")
    ) % values
    if effect.when == "collected":
        text += _(", where the carrier collects anything")
    return text


def _say_doubt(effect: Effect, row_id: str) -> str:
    if not isinstance(effect, Doubt):  # pragma: no cover - every other kind was said above
        return row_id
    return say_unknown(Unknown(effect.charge_kind, effect.code, None, row_id, effect.certainty))


def _collector(collector: Collector) -> str:
    return {
        Collector.PLATFORM: _("The marketplace"),
        Collector.CARRIER: _("The carrier"),
        Collector.CUSTOMS: _("Customs"),
        Collector.SELLER: _("The seller"),
        Collector.NOBODY: _("Nobody"),
    }[collector]


def _kinds(kinds: Iterable[ChargeKind]) -> str:
    words = {
        ChargeKind.DUTY: _("duty"),
        ChargeKind.TAX: _("tax"),
        ChargeKind.FEE: _("fee"),
    }
    found = [word for kind, word in words.items() if kind in set(kinds)]
    return _(" or ").join(found)


def _money(money: Money) -> str:
    return money.format(locale=reader_locale())


# --- what a rule is about -----------------------------------------------------------------------


def say_scope(scope: Scope, country: str = "") -> list[str]:
    """Where the row holds, a phrase each; [] for everything. country: whose regions are named."""
    said = [
        _limit(scope.limit) if scope.limit else "",
        _limit(scope.also) if scope.also else "",
        _("goods made in %(countries)s") % {"countries": say_countries(scope.origins)}
        if scope.origins is not None
        else "",
        _("not goods made in %(countries)s") % {"countries": say_countries(scope.origins_not)}
        if scope.origins_not
        else "",
        _("sent from %(countries)s") % {"countries": say_countries(scope.dispatched)}
        if scope.dispatched is not None
        else "",
        _("only in %(regions)s") % {"regions": ", ".join(region_names(scope.regions, country))}
        if scope.regions is not None
        else "",
        _("with a proof of origin") if scope.preference else "",
        _("where the seller is registered") if scope.seller_registered else "",
        *_sale(scope),
        _("tariff codes %(codes)s") % {"codes": say_codes(scope.hs)} if scope.hs != ("",) else "",
        _("not tariff codes %(codes)s") % {"codes": say_codes(scope.hs_not)}
        if scope.hs_not
        else "",
    ]
    return [phrase for phrase in said if phrase]


def _sale(scope: Scope) -> list[str]:
    channels = {
        Channel.MARKETPLACE: _("sold through a marketplace"),
        Channel.POST: _("sold by the shop itself and sent by post"),
        Channel.COURIER: _("sold by the shop itself and sent by courier"),
    }
    if scope.channels == frozenset({Channel.POST, Channel.COURIER}):
        channels = dict.fromkeys(channels, "") | {Channel.POST: _("sold by the shop itself")}
    buyers = {Buyer.PRIVATE: _("private buyers"), Buyer.BUSINESS: _("business buyers")}
    purposes = {Purpose.SALE: _("sales"), Purpose.GIFT: _("gifts"), Purpose.SAMPLE: _("samples")}
    return [
        _either(words, named)
        for words, named in (
            (channels, scope.channels),
            (buyers, scope.buyers),
            (purposes, scope.purposes),
        )
    ] + [_carried(scope.carriage)]


def _carried(carriage: frozenset[Carriage] | None) -> str:
    """What must carry the parcel, the shorter way: "not carried by sea" for all other ways."""
    words = {
        Carriage.POST: _("carried by post"),
        Carriage.AIR: _("carried by courier or air"),
        Carriage.SEA: _("carried by sea"),
    }
    if carriage is None or carriage >= frozenset(words):
        return ""
    if carriage == frozenset(Carriage) - {Carriage.POST}:
        return _("not carried by post")
    if carriage == frozenset(Carriage) - {Carriage.SEA}:
        return _("not carried by sea")
    if not carriage & frozenset(words):
        return _("where nobody said what carries the parcel")
    return _(" or ").join(text for one, text in words.items() if one in carriage)


def _either(words: Mapping[Any, str], named: frozenset[Any] | None) -> str:
    """Those that are named, where not all are."""
    if named is None or named == frozenset(words):
        return ""
    return _(" or ").join(text for one, text in words.items() if one in named and text)


def _limit(limit: Limit) -> str:
    parts = []
    if limit.over is not None:
        parts.append(_("over %(amount)s") % {"amount": _money(limit.over)})
    if limit.at_least is not None:
        parts.append(_("from %(amount)s") % {"amount": _money(limit.at_least)})
    if limit.at_most is not None:
        parts.append(_("up to %(amount)s") % {"amount": _money(limit.at_most)})
    if limit.below is not None:
        parts.append(_("below %(amount)s") % {"amount": _money(limit.below)})
    with_delivery = limit.basis is Basis.CIF
    if limit.per is Per.CONSIGNMENT:
        what = _("the parcel with delivery") if with_delivery else _("the goods of the parcel")
    elif limit.per is Per.ITEM:
        what = _("each piece with delivery") if with_delivery else _("each piece")
    else:
        what = _("each kilogram")
    return _("%(what)s %(band)s") % {"what": what, "band": " ".join(parts)}


def say_countries(codes: Iterable[str] | None) -> str:
    """Countries by name; the European Union's members as one; many only counted."""
    found = {code for code in codes or () if code != "EU"}
    language = get_language() or "en"
    names = []
    if found >= EU:
        found -= EU
        names.append(_("the European Union"))
    if len(found) > MOST_NAMED:
        names.append(
            ngettext("%(count)s country", "%(count)s countries", len(found)) % {"count": len(found)}
        )
    else:
        names += sorted(_in_a_sentence(code, language) for code in found)
    return ", ".join(names)


_WITH_ARTICLE = frozenset({"AE", "BS", "CD", "CF", "CG", "DO", "GB", "GM", "MV", "NL", "PH", "US"})


def _in_a_sentence(code: str, language: str) -> str:
    """ "the United Kingdom": English puts an article before some names, lists do without."""
    name = country_name(code, language)
    return f"the {name}" if code in _WITH_ARTICLE and language.startswith("en") else name


def say_codes(codes: Iterable[str]) -> str:
    """Tariff prefixes, runs of chapters as one ("25–97"); "…" where there are very many."""
    found = _runs([code for code in codes if code])
    text = ", ".join(found[:MOST_CODES])
    return f"{text} …" if len(found) > MOST_CODES else text


def _runs(codes: list[str]) -> list[str]:
    chapters = sorted(int(code) for code in codes if len(code) == 2)
    runs: list[list[int]] = []
    for chapter in chapters:
        # Chapter 77 is kept empty by the tariffs of the world: 76 and 78 are neighbours.
        if runs and chapter - runs[-1][-1] <= (2 if chapter == 78 else 1):
            runs[-1].append(chapter)
        else:
            runs.append([chapter])
    said = [
        f"{run[0]:02}–{run[-1]:02}" if len(run) > 2 else ", ".join(f"{one:02}" for one in run)
        for run in runs
    ]
    return said + [code for code in codes if len(code) != 2]


def region_names(regions: Iterable[str] | None, country: str = "") -> list[str]:
    """Parts of countries by name."""
    return sorted({region_name(code, country) for code in regions or ()})


def region_name(code: str, country: str = "") -> str:
    """A part of a country by the rulebook's code, as `trade.rules.regions` reads it off an address."""
    if code == "YT":  # the Yukon and Mayotte share their letters
        return {"CA": "Yukon", "FR": "Mayotte"}.get(country, "Mayotte / Yukon")
    return (_BRAZIL if country == "BR" else _REGIONS).get(code, code)


_REGIONS = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "NT": "Northwest Territories",
    "NU": "Nunavut", "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Québec",
    "SK": "Saskatchewan", "NI": "Northern Ireland", "NIR": "Northern Ireland", "IC": "Canarias", "CE": "Ceuta",
    "ML": "Melilla", "AX": "Åland", "GP": "Guadeloupe", "MQ": "Martinique", "GF": "Guyane",
    "RE": "La Réunion", "ATHOS": "Agion Oros", "LIVIGNO": "Livigno", "CAMPIONE": "Campione d'Italia",
    "BUSINGEN": "Büsingen", "HELIGOLAND": "Helgoland", "MADEIRA": "Madeira", "AZORES": "Açores",
}  # fmt: skip
_BRAZIL = {
    "AC": "Acre", "AL": "Alagoas", "AM": "Amazonas", "AP": "Amapá", "BA": "Bahia", "CE": "Ceará",
    "DF": "Distrito Federal", "ES": "Espírito Santo", "GO": "Goiás", "MA": "Maranhão", "MG": "Minas Gerais",
    "MS": "Mato Grosso do Sul", "MT": "Mato Grosso", "PA": "Pará", "PB": "Paraíba", "PE": "Pernambuco",
    "PI": "Piauí", "PR": "Paraná", "RJ": "Rio de Janeiro", "RN": "Rio Grande do Norte", "RO": "Rondônia",
    "RR": "Roraima", "RS": "Rio Grande do Sul", "SC": "Santa Catarina", "SE": "Sergipe", "SP": "São Paulo",
    "TO": "Tocantins",
}  # fmt: skip


def confidence_word(confidence: Confidence) -> str:
    """How well a row is known, in words."""
    return {
        Confidence.HIGH: _("read in the official text"),
        Confidence.MEDIUM: _("quoted by a second source"),
        Confidence.LOW: _("general knowledge, an estimate"),
    }[confidence]

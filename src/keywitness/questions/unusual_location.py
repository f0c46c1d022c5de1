"""Did it come from a country or network that this actor never used, or by travel that is impossible?

No also for the organisation's own networks (``org.toml``), for an address that several others had used before or a
network that several colleagues had (an office or VPN), for automation that stays on its cloud's network, for a call
by the cloud's own service, which is no place, and for a journey: a change under a ticket, from an address where the
actor signed in with its own device, for which the directory vouches, in the 24 hours before. Unknown: no address, no
database that knows it, or too few active days (``place_days``).
"""

from dataclasses import replace
from ipaddress import ip_address
from typing import Final

from keywitness.context.clouds import cloud_of
from keywitness.context.geo import Place, distance_km
from keywitness.context.ranges import SAYS, network_kind
from keywitness.model import Answer, PrincipalId
from keywitness.questions import Facts, Question, devices
from keywitness.questions.off_hours import is_machine
from keywitness.words import at_most, counted

FASTEST_KMH: Final = 1_000  # an airliner's ground speed with a tail wind
PEOPLE: Final = frozenset({"human", "person", "user"})  # kinds of identity that are no automation
NEAR_KM: Final = 300  # below this, databases of addresses are not accurate enough to speak of travel


def ask(facts: Facts) -> Answer:
    """The answer, with what kind of network it is: of a usual place only that it is a Tor exit."""
    answer, address = _usual(facts), facts.change.source_ip
    kind = network_kind(address, facts.place)
    if kind is None or (answer.answer == "no" and kind != "tor"):
        return answer
    return replace(answer, because=f"{answer.because}; {address} is {SAYS[kind]}")


def _usual(facts: Facts) -> Answer:
    change = facts.change
    if change.source_ip is None:
        if change.source_service:
            return Answer("no", f"called by the cloud's own service {change.source_service}, which is not a place")
        return Answer("unknown", "the record names no source address", missing=("a source address in the record",))
    if own := facts.context.organisation.own_network(change.source_ip, facts.place.asn if facts.place else None):
        return Answer("no", f"{change.source_ip} is in the organisation's own network {own}")
    if travel := _impossible(facts):
        return travel
    places = facts.behaviour.places
    if places.same_address >= facts.thresholds["same_address_days"]:
        return Answer("no", f"used from {change.source_ip} on {places.same_address} days in {facts.lookback()}")
    if facts.place is None:
        return _without_place(facts)
    if facts.behaviour.rhythm.days < facts.thresholds["place_days"]:
        because = (
            f"only {facts.behaviour.rhythm.days} active days in {facts.lookback()}: too few to know the actor's places"
        )
        return Answer("unknown", because, missing=(f"a longer history of the {change.log} log",))
    return _compare(facts, facts.place)


def _compare(facts: Facts, place: Place) -> Answer:
    seen = facts.behaviour.places
    days = facts.behaviour.rhythm.days
    here = describe(place)
    against = _colleagues(facts)
    if not (place.country and seen.countries) and not (place.asn is not None and seen.networks):
        because = f"on {days} active days in {facts.lookback()} no place is known that {here} could be compared with"
        return Answer("unknown", because, missing=("earlier records with an address that the databases know",))
    if place.country and seen.countries and place.country not in seen.countries:
        usual = ", ".join(f"{c} ({n} d)" for c, n in sorted(seen.countries.items(), key=lambda i: -i[1])[:3]) or "none"
        because = (
            f"first time from {here}: 0 of {days} active days in {facts.lookback()} ({at_most(days)}); usual: {usual}"
        )
        return _first_time(facts, place, because, against)
    if place.asn is not None and seen.networks and place.asn not in seen.networks:
        network = f"network {place.network or ''} (AS{place.asn})"
        because = f"first time from {network}: 0 of {days} active days in {facts.lookback()} ({at_most(days)})"
        if usual_days := seen.countries.get(place.country or ""):
            against = (f"the country {place.country} is usual ({usual_days} days)", *against)
        return _first_time(facts, place, because, against)
    count = seen.networks.get(place.asn or -1) or seen.countries.get(place.country or "", 0)
    if count <= 1:
        because = f"{here} was used before, on {count} of {days} active days in {facts.lookback()}"
        return Answer("no", because, against=("one day is no habit: whoever was there then may be who is here now",))
    return Answer("no", f"{here} is usual: {count} of {days} active days in {facts.lookback()}")


def _first_time(facts: Facts, place: Place, because: str, against: tuple[str, ...]) -> Answer:
    """Yes, unless the network explains it: one that colleagues share, or the cloud that this automation runs on."""
    evidence = (facts.change.event_id,)
    if _office(facts):
        return Answer("no", because, evidence, against)
    people = colleagues(facts)
    if len(people) >= facts.thresholds["shared_network_actors"]:
        shared = f"{counted(len(people), 'colleague')} used this network before, which makes it an office or a VPN"
        return Answer("no", f"{shared} ({', '.join(people[:3])})", evidence, (because, *against))
    if cloud := _same_cloud(facts, place):
        return Answer("no", f"automation on {cloud}'s network, as before", evidence, (because, *against))
    if here := devices.own(facts, facts.behaviour.devices.here)[-1:]:
        said = f"{devices.say_own(here[0])}, from this very address"
        if facts.authorisation and facts.authorisation.covered:
            told = (*evidence, here[0].last_event)
            return Answer("no", f"a journey: {said}", told, (because, *against), kind="own device")
        against = (said, *against)
    shared_by = (
        (f"{counted(len(people), 'colleague')} used this network before: {', '.join(people)}",) if people else ()
    )
    return Answer("yes", because, evidence, (*against, *shared_by))


def colleagues(facts: Facts) -> list[str]:
    """People of the directory who used the change's network in its country on ``same_address_days`` or more."""
    directory, enough = facts.context.directory, facts.thresholds["same_address_days"]
    known = ((directory.get(PrincipalId(p)), days) for p, days in facts.behaviour.networks.others.items())
    return [i.name for i, days in known if i and i.kind in PEOPLE and days >= enough]


def _same_cloud(facts: Facts, place: Place) -> str | None:
    """The cloud on whose network automation acts now and has acted before, from whatever region."""
    cloud = cloud_of(place.asn) if is_machine(facts) else None
    return cloud if cloud and cloud in {cloud_of(asn) for asn in facts.behaviour.places.networks} else None


def _office(facts: Facts) -> bool:
    """Whether several others have worked from this very address before: an office or VPN that the actor joins."""
    return len(facts.behaviour.address.others(facts.change.actor.id)) >= facts.thresholds["shared_address_actors"]


def _colleagues(facts: Facts) -> tuple[str, ...]:
    others = len(facts.behaviour.address.others(facts.change.actor.id))
    return (f"{counted(others, 'other identity', 'other identities')} used this address before",) if others else ()


def _without_place(facts: Facts) -> Answer:
    address = facts.change.source_ip or ""
    if not facts.context.geo.has_city and not facts.context.geo.has_asn:
        missing = ("an address database (city.mmdb, asn.mmdb)",)
        return Answer("unknown", f"{address} was not used before, and no address database is given", missing=missing)
    if ip_address(address).is_private:
        return Answer("unknown", f"{address} is a private address", missing=("the public address behind it",))
    return Answer("unknown", f"{address} is in no address database", missing=(f"a place for {address}",))


def _impossible(facts: Facts) -> Answer | None:
    previous = facts.behaviour.previous
    there = facts.places.get(previous.address) if previous else None
    if previous is None or there is None or facts.place is None:
        return None
    distance = distance_km(there, facts.place)
    hours = (facts.change.time - previous.time).total_seconds() / 3_600
    if distance is None or distance < NEAR_KM or distance / max(hours, 1 / 60) < FASTEST_KMH:
        return None
    if facts.behaviour.places.same_address or (facts.place.asn in facts.behaviour.places.networks):
        return None
    because = (
        f"impossible travel: {distance:,.0f} km from {describe(there)} ({previous.address}) in {hours:.1f} hours"
        f" to {describe(facts.place)}"
    )
    return Answer("yes", because, (facts.change.event_id, previous.event_id), _colleagues(facts))


def describe(place: Place) -> str:
    """``Berlin, DE (AS3320 Deutsche Telekom)``, as far as known."""
    where = ", ".join(part for part in (place.city, place.country) if part) or "an unknown country"
    network = f"AS{place.asn} {place.network or ''}".strip() if place.asn is not None else place.network
    return f"{where} ({network})" if network else where


QUESTION: Final[Question] = Question(
    "unusual_location",
    "Did it come from where this actor never was?",
    ask,
    needs=("geo", "history"),
    uses=("places", "previous", "address", "networks", "devices"),
    window="before",
)
